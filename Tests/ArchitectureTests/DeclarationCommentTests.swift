import Foundation
import Testing

/// Comments on declarations shared between targets add what the name does not state: units, order, the meaning of nil,
/// promises, cost.
struct DeclarationCommentTests {
  @Test func `each package declaration has a comment that says more than its name`() throws {
    var count = 0
    var problems: [String] = []
    for target in try Sources.targets() {
      for (file, text) in try Sources.ofTarget(target) {
        let declarations = PackageDeclaration.all(in: text)
        count += declarations.count
        problems += declarations.compactMap { found in
          found.problem.map { "Sources/\(file):\(found.line): \($0): \(found.code)" }
        }
      }
    }
    #expect(count > 3000, "found \(count) package declarations")
    if !problems.isEmpty { Issue.record("\(problems.count) problems\n\(problems.joined(separator: "\n"))") }
  }

  @Test func `a comment that is missing, detached or only repeats the name is found`() {
    let text = """
      package import Routing
      /// A device.
      package struct Device {
        package var key: DeviceKey

        /// In bytes.

        package private(set) var size: Int
        // In order.
        @inlinable package static func tags() -> [String] { [] }
        /// The names of this device.
        package var deviceNames: [String]
      }
      """
    let problems = PackageDeclaration.all(in: text).map { "\($0.line) \($0.name): \($0.problem ?? "none")" }
    #expect(
      problems == [
        "3 Device: the comment only repeats the name", "4 key: no comment", "8 size: no comment", "10 tags: no comment",
        "12 deviceNames: the comment only repeats the name",
      ])
  }

  @Test func `a comment that adds a word is enough, and attributes may follow it`() {
    let text = """
      /// Sends what may be sent now.
      ///
      /// Clears up first.
      package final class Sender<Store>: Sendable {
        /// Seconds.
        package static let lease: Int64 = 120
        /// Without limits unless given.
        @inlinable
        @discardableResult
        package init?(limit: Int? = nil) {}
        /// By key.
        package static func < (left: Self, right: Self) -> Bool { left.key < right.key }
        /// Nil for NULL.
        package subscript<Value>(name: String) -> Value? { nil }
        /// A row of `queue`.
        package class func open() {}
        /// Traps for an empty list.
        package mutating func run(_ moments: [Int64]) {}
      }
      """
    let found = PackageDeclaration.all(in: text)
    #expect(found.map(\.name) == ["Sender", "lease", "init", "<", "subscript", "open", "run"])
    #expect(found.compactMap(\.problem).isEmpty, "\(found.map { ($0.name, $0.problem) })")
  }

  @Test func `requirements of well-known protocols need no comment`() {
    let text = """
      package static func == (left: Self, right: Self) -> Bool { left.key == right.key }
      package static func += (left: inout Self, right: Self) {}
      package func hash(into hasher: inout Hasher) {}
      package mutating func next() -> Int? { nil }
      package var description: String { message }
      package var code: ErrorCode { .invalidInput }
      package let message: String
      package var code: String
      package var message: Message
      """
    #expect(PackageDeclaration.all(in: text).compactMap(\.problem).count == 2)
  }
}

/// A declaration with `package` access, and the comment above it.
private struct PackageDeclaration {
  /// The line number, from 1.
  let line: Int
  let code: String
  /// `init` and `subscript` for declarations without a name of their own.
  let name: String
  /// The lines of its documentation comment, with their slashes.
  let comment: [String]

  // Compiling a regular expression takes longer than using it; these two are only read.
  nonisolated(unsafe) private static let declaration =
    #/
    (?: @\S+ \s+ )* package \s+
    (?: (?: static | class | final | convenience | required | override | mutating | nonmutating | indirect | lazy
      | weak | unowned | nonisolated | consuming | borrowing
      | (?: private | fileprivate | internal | unowned | nonisolated ) \( \w+ \) ) \s+ )*
    (?<kind> var | let | func | init | subscript | struct | enum | class | actor | protocol | typealias ) (?! \w )
    \s* (?<name> [<>]=? | [^\s(:<\{]* )
    /#
  nonisolated(unsafe) private static let word = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/

  /// All declarations of a source, in order, found by lines: each declaration starts a line.
  static func all(in text: String) -> [PackageDeclaration] {
    let lines = text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    return lines.indices.compactMap { index in
      guard let name = name(declaredBy: lines[index]) else { return nil }
      var end = index
      while end > 0, lines[end - 1].hasPrefix("@") { end -= 1 }
      var start = end
      while start > 0, lines[start - 1].hasPrefix("///") { start -= 1 }
      return PackageDeclaration(line: index + 1, code: lines[index], name: name, comment: Array(lines[start..<end]))
    }
  }

  /// Nil for a line that declares nothing with this access, such as an import.
  private static func name(declaredBy line: String) -> String? {
    // Most lines can be excluded by their first characters, which is much faster.
    guard line.hasPrefix("package ") || line.hasPrefix("@") else { return nil }
    guard let match = line.prefixMatch(of: declaration) else { return nil }
    return ["init", "subscript"].contains(match.kind) ? String(match.kind) : String(match.name)
  }

  /// What is wrong with the comment; nil if it is good or not needed.
  var problem: String? {
    if isWitness { return nil }
    if comment.isEmpty { return "no comment" }
    let known = Set(PackageDeclaration.words(name)).union(PackageDeclaration.fillers)
    let saysMore = comment.contains { line in !known.isSuperset(of: PackageDeclaration.words(line)) }
    return saysMore ? nil : "the comment only repeats the name"
  }

  /// Whether a protocol already documents the declaration: one of the standard library, or `UsherError`.
  private var isWitness: Bool {
    switch name {
    case "==", "+=", "hash", "description", "next", "makeIterator": true
    case "code": code.contains("code: ErrorCode")
    case "message": code.contains("message: String")
    default: false
    }
  }

  /// Words that add no information.
  private static let fillers: Set<String> = Set(
    """
    a an the of to in on at by for from with and or as is are was be it its this that these those which what whose who
    there if than then not no
    """.split(whereSeparator: \.isWhitespace).map { stem(String($0)) })

  /// The words of a text in lower case; compound names are split: `deviceNames` is `device` and `name`.
  private static func words(_ text: String) -> [String] {
    text.matches(of: word).map { stem($0.output.lowercased()) }
  }

  /// The word without a plural ending.
  private static func stem(_ word: String) -> String {
    word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word
  }
}
