import Routing
import Wire

/// Reads a filter such as `tag=vip and not (step>1 or reason~"*limit*")`.
///
/// `and` binds more tightly than `or`, and `not` more than both. Errors name the column, from 1, and the nearest name.
package struct FilterParser {
  /// The longest filter, in bytes, and the deepest nesting.
  package static let (lengthMax, depthMax) = (10_000, 100)

  private let subject: FilterSubject
  private let tokens: [FilterToken]
  private var index = 0
  private var depth = 0

  private init(_ text: String, of subject: FilterSubject) throws {
    guard text.utf8.count <= FilterParser.lengthMax else {
      throw Problem(.invalidInput, "expected a filter of at most \(FilterParser.lengthMax) bytes, found a longer one")
    }
    self.subject = subject
    tokens = try FilterToken.all(of: text)
  }

  /// Throws `invalidInput` for a text that is not a filter on `subject`.
  package static func parse(_ text: String, of subject: FilterSubject) throws -> RowFilter {
    var parser = try FilterParser(text, of: subject)
    let filter = try parser.alternatives()
    guard parser.current.kind == .end else { throw parser.unexpected("'and', 'or' or the end of the filter") }
    return filter
  }

  // MARK: - Grammar

  private mutating func alternatives() throws -> RowFilter {
    depth += 1
    defer { depth -= 1 }
    guard depth <= FilterParser.depthMax else {
      throw Problem(.invalidInput, "filter: expected at most \(FilterParser.depthMax) nested conditions, found more")
    }
    var filter = try conjunction()
    while take(word: "or") { filter = .or(filter, try conjunction()) }
    return filter
  }

  private mutating func conjunction() throws -> RowFilter {
    var filter = try negation()
    while take(word: "and") { filter = .and(filter, try negation()) }
    return filter
  }

  private mutating func negation() throws -> RowFilter {
    var isNegated = false
    while take(word: "not") { isNegated.toggle() }
    let filter = try primary()
    return isNegated ? .not(filter) : filter
  }

  private mutating func primary() throws -> RowFilter {
    guard take(symbol: "(") else { return .comparison(try comparison()) }
    let filter = try alternatives()
    guard take(symbol: ")") else { throw unexpected("')'") }
    return filter
  }

  private mutating func comparison() throws -> FilterComparison {
    let (field, kind) = try self.field()
    if take(word: "in") {
      guard take(symbol: "(") else { throw unexpected("'(' and the values, as in: status in (waiting, queued)") }
      var values = [try value(kind, field)]
      while take(symbol: ",") { values.append(try value(kind, field)) }
      guard take(symbol: ")") else { throw unexpected("',' or ')'") }
      return FilterComparison(field, .equal, values)
    }
    guard current.kind == .symbol, let op = FilterComparison.Operator(rawValue: current.text) else {
      let operators = FilterComparison.Operator.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw unexpected("one of \(operators) and 'in' after '\(fieldName(field))'")
    }
    try check(op, kind, field)
    index += 1
    return FilterComparison(field, op, [op == .glob ? .text(try literal().text) : try value(kind, field)])
  }

  // MARK: - Fields and values

  private mutating func field() throws -> (FilterField, FilterSubject.Kind) {
    guard current.kind == .word else { throw unexpected("the name of a field") }
    let name = current.text
    if subject.hasAttributes, name.hasPrefix("attributes."), name.count > "attributes.".count {
      index += 1
      return (FilterField("attributes", attribute: String(name.dropFirst("attributes.".count))), .scalar)
    }
    guard let field = subject.fields.first(where: { $0.name == name }) else { throw unknown(name) }
    index += 1
    return (FilterField(name), field.kind)
  }

  private func unknown(_ name: String) -> Problem {
    let names = subject.fields.map(\.name) + (subject.hasAttributes ? ["attributes.NAME"] : [])
    let hint =
      EditDistance.hint(to: name, among: subject.fields.map(\.name))
      ?? "the fields are \(names.joined(separator: ", "))"
    return problem("expected a field of a \(subject.rawValue), found '\(name)'; \(hint)")
  }

  /// Refuses comparisons that could never hold.
  private func check(_ op: FilterComparison.Operator, _ kind: FilterSubject.Kind, _ field: FilterField) throws {
    let name = fieldName(field)
    switch kind {
    case .number where op == .glob, .time where op == .glob:
      throw problem("expected '=', '!=', '<', '<=', '>' or '>=' after '\(name)', found '~', which compares texts")
    case .word where ![.equal, .notEqual, .glob].contains(op):
      throw problem("expected '=', '!=', '~' or 'in' after '\(name)', found '\(op.rawValue)': its values have no order")
    default: return
    }
  }

  private mutating func value(_ kind: FilterSubject.Kind, _ field: FilterField) throws -> FilterValue {
    let name = fieldName(field)
    let place = current
    let (text, isQuoted) = try literal()
    switch kind {
    case .text where field == FilterField("waitlist") && text.hasPrefix("{"):
      return .text(try waitlist(text, at: place))
    case .text: return .text(text)
    case .number:
      guard !isQuoted, let number = FilterParser.number(text) else {
        throw problem("expected a number for '\(name)', found \(place.found)", at: place)
      }
      return .number(number)
    case .time:
      guard let time = Instant(rfc3339: text) else {
        throw problem(
          "expected a time such as 2026-11-22T09:00:00Z for '\(name)', found \(place.found)", at: place)
      }
      return .time(time)
    case .word(let words):
      guard words.contains(text) else {
        let list = words.map { "'\($0)'" }.joined(separator: ", ")
        let hint = EditDistance.hint(to: text, among: words).map { "; \($0)" } ?? ""
        throw problem("expected one of \(list) for '\(name)', found \(place.found)\(hint)", at: place)
      }
      return .text(text)
    case .scalar:
      if isQuoted { return .text(text) }
      if let number = FilterParser.number(text) { return .number(number) }
      return text == "true" || text == "false" ? .boolean(text == "true") : .text(text)
    }
  }

  /// The value of the field for a waitlist that is written as JSON, in any order of its members.
  private func waitlist(_ text: String, at place: FilterToken) throws -> String {
    let members: [(key: String, value: String)]? = (try? JSONParser.parse(text.utf8)).flatMap { json in
      guard case .object(let object) = json else { return nil }
      let texts = object.members.compactMap { member -> (key: String, value: String)? in
        if case .string(let value) = member.value { (member.key, value) } else { nil }
      }
      return texts.count == object.members.count ? texts : nil
    }
    guard let waitlist = members.flatMap(Waitlist.init(members:)) else {
      throw problem(
        "expected a waitlist, found \(text); write fleet, a device's id, or an object with 'tag', 'platform' or 'except' "
          + "such as {\"tag\":\"vip\"}", at: place)
    }
    if case .device(let device) = waitlist { return device.text }
    return JSONWriter().string(.object(JSONObject((waitlist.members ?? []).map { ($0.key, .string($0.value)) })))
  }

  /// A finite decimal number; `0x10`, `inf` and `nan` are words.
  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) }), text.utf8.contains(where: { 48...57 ~= $0 }),
      text.utf8.first != UInt8(ascii: "+"), let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  private mutating func literal() throws -> (text: String, isQuoted: Bool) {
    guard current.kind == .word || current.kind == .quoted else { throw unexpected("a value") }
    defer { index += 1 }
    return (current.text, current.kind == .quoted)
  }

  private func fieldName(_ field: FilterField) -> String {
    field.attribute.map { "attributes.\($0)" } ?? field.name
  }

  // MARK: - Tokens

  /// The token at the current position; the last one is the end of the text.
  private var current: FilterToken { tokens[min(index, tokens.count - 1)] }

  private mutating func take(word: String) -> Bool {
    guard current.kind == .word, current.text.lowercased() == word else { return false }
    index += 1
    return true
  }

  private mutating func take(symbol: String) -> Bool {
    guard current.kind == .symbol, current.text == symbol else { return false }
    index += 1
    return true
  }

  private func unexpected(_ expected: String) -> Problem { problem("expected \(expected), found \(current.found)") }

  private func problem(_ text: String, at token: FilterToken? = nil) -> Problem {
    Problem(.invalidInput, "filter, column \((token ?? current).column): \(text)")
  }
}
