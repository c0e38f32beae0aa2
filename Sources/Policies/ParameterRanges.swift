import LuaSandbox
import LuaSyntax
import Routing
import Wire

/// The ranges that a policy or guard declares for its parameters: the table `ranges` of its file.
package struct ParameterRanges: Equatable, Sendable {
  /// A parameter whose value is outside its range.
  package struct Problem: Equatable, Sendable {
    /// The parameter's name.
    package let name: String
    /// The range in words: `a number from 0 to 86400`.
    package let expected: String
    /// The value as messages show it: `25`, `'abc'`.
    package let found: String
    /// What to do: `set a value that fits`.
    package let hint: String

    /// One sentence, without a full stop.
    package var text: String { "expected \(expected), found \(found); \(hint)" }
  }

  /// Sorted by name; empty for a file without `ranges`.
  package let all: [(name: String, range: ParameterRange)]

  /// The key in a file.
  static let key = "ranges"

  /// No parameter has a range.
  package init() { all = [] }

  /// Reads what an interpreter found in the file. Throws a `syntax` fault with the line of the range if a name is no
  /// parameter, a range has another form, or a default is outside its range.
  init(
    _ found: [(name: String, list: [RowScalar]?, text: String?)], declared: [Parameter], source: [UInt8]
  ) throws(Fault) {
    var all: [(name: String, range: ParameterRange)] = []
    for (name, list, text) in found {
      do throws(Refusal) {
        let range =
          if let list { try ParameterRanges.range(of: list.map(\.scalar)) } else {
            try ParameterRanges.format(text ?? "")
          }
        try ParameterRanges.checkDefault(of: name, range, declared)
        all.append((name, range))
      } catch {
        throw Fault(
          .syntax, "\(ParameterRanges.key): \(name): \(error.text)",
          line: ParameterRanges.line(of: name, in: source), code: .invalidRanges)
      }
    }
    self.all = all
  }

  /// Compares names and ranges.
  package static func == (one: ParameterRanges, other: ParameterRanges) -> Bool {
    one.all.elementsEqual(other.all) { $0 == $1 }
  }

  /// The range of a parameter; nil if it has none.
  package subscript(name: String) -> ParameterRange? { all.first { $0.name == name }?.range }

  /// Why a parameter cannot have its value; nil if it can, or has no range.
  package func problem(of parameter: Parameter) -> Problem? {
    guard let range = self[parameter.name], !range.contains(parameter.value) else { return nil }
    return Problem(
      name: parameter.name, expected: range.text, found: parameter.value.parameterText,
      hint: range.hint(for: parameter.value))
  }

  /// The parameter with the value that scripts read.
  func read(_ parameter: Parameter) -> Parameter {
    self[parameter.name].map { Parameter(parameter.name, $0.read(parameter.value)) } ?? parameter
  }

  /// The line of `ranges` in a file, or of the range of one parameter; nil if the file does not state it literally.
  static func line(of name: String? = nil, in source: [UInt8]) -> Int? {
    guard source.count <= PolicyCatalog.sourceMax, let chunk = try? LuaParser.parse(source),
      let field = ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?[name: key]
    else { return nil }
    guard case .table(let table) = field.value else { return field.position.line }
    for entry in table.entries {
      switch entry {
      case .named(let own, _) where own.text == name: return own.range.start.line
      case .keyed(let own, _) where own.unwrapped.stringText == name: return own.range.start.line
      default: continue
      }
    }
    return field.position.line
  }
}

// MARK: - Reading

extension ParameterRanges {
  /// Why an entry is refused: what was expected and found, and what to do.
  private struct Refusal: Error { let text: String }

  private static func range(of list: [Scalar]) throws(Refusal) -> ParameterRange {
    if list.isEmpty {
      throw Refusal(
        text: "expected two numbers or a list of texts, found an empty list; write { 0, 100 } or { 'a', 'b' }")
    }
    var texts: [String] = []
    for value in list {
      switch value {
      case .text(let text): texts.append(text)
      case .boolean:
        throw Refusal(text: "expected numbers or texts, found a boolean; a boolean parameter needs no range")
      case .integer, .number: break
      }
    }
    if texts.count == list.count { return .choices(texts) }
    guard texts.isEmpty else {
      throw Refusal(
        text: "expected two numbers or a list of texts, found both; write { 0, 100 } or { 'a', 'b' }")
    }
    guard list.count == 2 else {
      throw Refusal(
        text: "expected two numbers, the least and the most, found \(list.count); write { 0, 100 }")
    }
    guard !ParameterRange.isBelow(list[1], list[0]) else {
      throw Refusal(
        text: "expected the least number first, found { \(list[0].parameterText), \(list[1].parameterText) }; "
          + "write { \(list[1].parameterText), \(list[0].parameterText) }")
    }
    return .numbers(least: list[0], most: list[1])
  }

  private static func format(_ text: String) throws(Refusal) -> ParameterRange {
    if let format = ParameterRange.formats.first(where: { $0.name == text }) { return format.range }
    let names = ParameterRange.formats.map(\.name)
    let advice = EditDistance.hint(to: text, among: names) ?? "write a list such as { 0, 100 } or { 'a', 'b' }"
    throw Refusal(
      text: "expected a list or one of \(names.map { "'\($0)'" }.joined(separator: ", ")), found '\(text)'; \(advice)")
  }

  private static func checkDefault(
    of name: String, _ range: ParameterRange, _ declared: [Parameter]
  ) throws(Refusal) {
    guard let parameter = declared.first(where: { $0.name == name }) else {
      let names = declared.map(\.name)
      let advice = EditDistance.hint(to: name, among: names) ?? "add it to params, or remove its range"
      throw Refusal(text: "expected the name of a parameter, found none in params; \(advice)")
    }
    guard range.contains(parameter.value) else {
      throw Refusal(
        text: "expected the default to be \(range.text), found \(parameter.value.parameterText); "
          + "change the default or the range")
    }
  }
}
