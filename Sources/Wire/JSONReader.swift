/// A reader for strict decoding: it reads the fields of one object by key and notes which keys the caller asked for.
///
/// Ask for every allowed key, then call `finish()`, which rejects all others. For an optional field null means absent;
/// for a required one it is an error. The cost of each request is linear in the number of members.
package struct JSONReader: Sendable {
  /// Whether an object has a key, and whether its value is null.
  package enum Presence: Sendable, Equatable {
    /// The object does not have the key.
    case absent
    /// The value of the key is null.
    case null
    /// The value of the key is not null.
    case value
  }

  /// The object being read.
  package let source: JSONObject
  /// Where the object is, as in `devices[3]`; empty for the root.
  package let path: String
  /// The keys asked for, in that order; a key asked for twice occurs twice.
  private var asked: [String] = []

  /// The former names of keys that the object has, by their present ones.
  var formerNames: [String: String] = [:]

  /// Makes a reader of an object at a path, which is empty for the root.
  package init(_ object: JSONObject, path: String = "") {
    source = object
    self.path = path
  }

  /// Makes a reader of a value at a path, which is empty for the root; throws if it is not an object.
  package init(value: JSONValue, path: String = "") throws(FieldError) {
    guard case .object(let object) = value else {
      throw FieldError(path: path, expected: "an object", found: value.briefly)
    }
    self.init(object, path: path)
  }

  /// Distinguishes absent, null and value; the key counts as asked for.
  package mutating func presence(of key: String) -> Presence {
    switch take(key) {
    case nil: .absent
    case .null: .null
    default: .value
    }
  }

  /// The raw value of a key, null included, or nil when it is absent; the key counts as asked for.
  package mutating func value(_ key: String) -> JSONValue? { take(key) }

  /// Throws for the first key that the caller did not ask for; the hint names the nearest known key, or all of them.
  package func finish() throws(FieldError) {
    for member in source.members where !asked.contains(member.key) {
      throw FieldError(
        path: path(of: member.key), expected: "one of \(knownKeys)", found: "unknown key",
        hint: unknownKeyHint(member.key), kind: .unknownKey)
    }
  }

  /// An error about the field of a key whose value has the right kind but is not allowed.
  package func failure(_ key: String, expected: String, hint: String? = nil) -> FieldError {
    FieldError(
      path: path(of: key), expected: expected, found: member(key)?.briefly ?? Self.absence, hint: hint)
  }

  /// The path of the field of a key, as in `devices[3].queued`.
  ///
  /// A key that is not a plain word is put in brackets and quotes, shortened and escaped.
  package func path(of key: String) -> String {
    let key = source[key] == nil ? formerNames[key] ?? key : key
    let isWord = key.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isWord, !key.isEmpty, key.utf8.count <= Excerpt.limit else {
      return "\(path)[\"\(Excerpt.of(key))\"]"
    }
    return path.isEmpty ? key : "\(path).\(key)"
  }

  static let absence = "no such key"

  mutating func take(_ key: String) -> JSONValue? {
    asked.append(key)
    if let former = formerNames[key] { asked.append(former) }
    return member(key)
  }

  private func member(_ key: String) -> JSONValue? { source[key] ?? formerNames[key].flatMap { source[$0] } }

  private var knownKeys: String {
    var seen = Set<String>()
    let keys = asked.filter { !formerNames.values.contains($0) && seen.insert($0).inserted }
    return keys.isEmpty ? "no keys" : keys.map { "'\($0)'" }.joined(separator: ", ")
  }

  private func unknownKeyHint(_ key: String) -> String {
    // A key that is already present is unlikely to be the one meant, so the absent ones are tried first.
    let free = asked.filter { source[$0] == nil }
    let nearest =
      EditDistance.nearest(to: key, among: free) ?? EditDistance.nearest(to: key, among: asked)
    if let nearest { return "the nearest is '\(nearest)'" }
    return asked.isEmpty ? "no keys are known here" : "the known keys are \(knownKeys)"
  }
}
