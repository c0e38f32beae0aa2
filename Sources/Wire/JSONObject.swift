/// The members of a JSON object in source order, each key at most once.
///
/// Keys are compared as Swift compares strings, by canonical equivalence, so two keys that look the same to a reader
/// are never both present. Lookup is linear, because the objects in requests and files are small.
package struct JSONObject: Sendable {
  /// One named value.
  package typealias Member = (key: String, value: JSONValue)

  /// The members in source order.
  package private(set) var members: [Member]

  /// Makes an object without members.
  package init() { members = [] }

  /// Makes an object of the given members, in that order.
  ///
  /// A repeated key is a programming error and stops the program.
  package init(_ members: [(String, JSONValue)]) {
    self.init()
    var seen = Set<String>()
    for (key, value) in members {
      precondition(seen.insert(key).inserted, "expected each key once in a JSON object, found '\(key)' twice")
      self.members.append((key, value))
    }
  }

  /// Makes an object of members whose keys the parser has already verified to be distinct.
  init(unique members: [Member]) { self.members = members }

  /// The keys in source order.
  package var keys: [String] { members.map(\.key) }

  /// The number of members.
  package var count: Int { members.count }

  /// Whether there are no members.
  package var isEmpty: Bool { members.isEmpty }

  /// The value of a key, or nil when the key is absent.
  ///
  /// Setting a value replaces it in place or appends a new key at the end; setting nil removes the member. To store a
  /// JSON null, set `JSONValue.null`. Cost: linear in the number of members.
  package subscript(key: String) -> JSONValue? {
    get {
      for member in members where member.key == key { return member.value }
      return nil
    }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }
}

extension JSONObject: Equatable {
  /// Whether both have equal members in the same order; the order of members is significant.
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members, by: ==)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Makes an object of the members in source order; a repeated key is a programming error.
  package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
