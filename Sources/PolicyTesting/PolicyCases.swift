import LuaSandbox
import Policies
import Routing
import Wire

/// The cases of a `*_test.lua` file: requests with the expected decisions.
package struct PolicyCases: Sendable {
  /// Why a case file cannot be used.
  package struct Failure: Error, Equatable, Sendable {
    /// What was expected and found. The case file is at fault, not the policy.
    package let message: String
    /// The line of the case file, from 1; nil if unknown.
    package let line: Int?
  }

  /// The result of one case.
  package struct Result: Sendable {
    /// The name in the file, or else `case 3` by its position.
    package let name: String
    /// Empty if the case passes; else a line for each key that differs, such as `device: expected "D3", found "D2"`.
    package let differences: [String]
    /// The reason of the policy's answer.
    package let reason: String
    /// The code of the reason; nil if the policy wrote it.
    package let code: ReasonCode?
    /// The policy's fault, if it failed.
    package let fault: Fault?
    /// The counts of the case; nil unless coverage was requested.
    package let visit: CoverageTally.Visit?
    /// Whether the decision has all expected values.
    package var holds: Bool { differences.isEmpty }
  }

  private struct Case: Sendable {
    let name: String
    let request: DecideRequest
    /// Only for a guard's case.
    let choice: StatedChoice?
    let expectation: JSONObject
  }

  /// The name or path of the policy or guard, as the file gives it.
  package let policy: String
  /// `guard` if the file names a guard, else `policy`.
  package let kind: PolicyKind
  /// The names of the properties that the file declares for its policy, sorted.
  package let properties: [String]
  private let cases: [Case]

  /// Never 0: a file without cases is an error.
  package var count: Int { cases.count }
  /// In file order.
  package var names: [String] { cases.map(\.name) }
  /// In file order.
  package var requests: [DecideRequest] { cases.map(\.request) }
  /// Keys that the cases give under the names of an earlier version: the first place of each name.
  package var formerKeys: [FormerKey] {
    var names = Set<String>()
    return requests.flatMap(\.formerKeys).filter { names.insert($0.former).inserted }
  }

  /// Runs the file's chunk in its own sandbox and reads the returned table. A key that is neither a request's nor `name`
  /// or `expect` is an error, as is a file without cases.
  package init(file: String, source: [UInt8]) throws(Failure) {
    let json: JSONValue
    do throws(ScriptFault) {
      let sandbox = try CaseSandbox.open(file: file)
      json = try PolicyCases.parse(try sandbox.loadData(PolicyProperties.namesInstead(of: source)))
    } catch { throw Failure(message: error.message, line: error.line) }
    do throws(FieldError) {
      var reader = try JSONReader(value: PolicyCases.listsForEmptyTables(json))
      kind = reader.presence(of: PolicyKind.guard.rawValue) == .value ? .guard : .policy
      policy = try reader.string(kind.rawValue)
      properties = try reader.optionalStrings("properties") ?? []
      var cases: [Case] = []
      for var entry in try reader.optionalObjects("cases") ?? [] {
        let name = try entry.optionalString("name") ?? "case \(cases.count + 1)"
        let request = try DecideRequest(reading: &entry)
        let expected = try entry.optionalObject("expect")
        var choice: StatedChoice?
        if kind == .guard {
          var stated = try entry.object("choice")
          choice = try StatedChoice(&stated, in: request.fleet)
        }
        // Unknown keys are reported first: a misspelt key also explains a missing one.
        try entry.finish()
        guard let expect = expected?.source else {
          throw entry.failure("expect", expected: "keys of a decision, such as expect = { outcome = 'use' }")
        }
        for key in expect.keys where !PolicyCases.answerKeys.contains(key) {
          throw entry.failure("expect", expected: "keys of a decision, not '\(key)'")
        }
        guard !expect.isEmpty else { throw entry.failure("expect", expected: "at least one key of a decision") }
        cases.append(Case(name: name, request: request, choice: choice, expectation: expect))
      }
      try reader.finish()
      self.cases = cases
    } catch { throw Failure(message: "\(error)", line: nil) }
    guard !cases.isEmpty else {
      throw Failure(message: "the file has no cases; expected cases = { { name = ..., expect = ... } }", line: nil)
    }
  }

  /// Decides each case with the policy's source and compares. Throws the fault of a policy that does not compile.
  package func run(policy file: String, source: [UInt8], parameters: [Parameter] = []) throws(Fault) -> [Result] {
    var results: [Result] = []
    for place in cases.indices {
      results.append(try run(place, policy: file, source: source, parameters: parameters))
    }
    return results
  }

  /// Decides the case at an index, and counts what it reached in the policy that `map` was built from. Cases are
  /// independent, so several may run concurrently.
  package func run(
    _ place: Int, policy file: String, source: [UInt8], parameters: [Parameter] = [], map: CoverageMap? = nil
  ) throws(Fault) -> Result {
    let entry = cases[place]
    let (request, expectation) = (entry.request, entry.expectation)
    let parameters = request.parameters.isEmpty ? parameters : request.parameters
    let compiled: CompiledPolicy
    do throws(Fault) {
      compiled = try CompiledPolicy(file: file, source: source, parameters: parameters, kind: kind)
    } catch {
      guard error.code == .parameterOutOfRange, !request.parameters.isEmpty else { throw error }
      throw Fault(error.kind, "case '\(entry.name)': \(error.message)", line: error.line, code: error.code)
    }
    let explains = expectation["considered"] != nil
    let answer =
      entry.choice.map { DecideAnswer(request, choice: $0, guards: [compiled], explains: explains) }
      ?? DecideAnswer(request, policies: [compiled], explains: explains)
    guard case .object(let found) = answer.json else { preconditionFailure("an answer is an object") }
    let differences = expectation.members.compactMap { key, expected in
      PolicyCases.matches(expected, found[key] ?? .null, of: key)
        || PolicyCases.isWordingOf010(expected, of: key, answer.decision)
        ? nil : "\(key): expected \(PolicyCases.text(expected)), found \(PolicyCases.text(found[key] ?? .null))"
    }
    return Result(
      name: entry.name, differences: differences, reason: answer.decision.reason, code: answer.decision.code,
      fault: answer.decision.fault,
      visit: map?.visit(request, choice: entry.choice, file: file, parameters: parameters, answer: answer))
  }

  private static let answerKeys = [
    "outcome", "device", "reason", "code", "until", "waitlist", "policy", "revision", "seed", "instructions", "error",
    "notes",
    "considered", "narrowed",
  ]

  /// An expected waitlist must be complete, in any order of its keys; `false` stands for null, which Lua's tables lack.
  private static func matches(_ expected: JSONValue, _ found: JSONValue, of key: String) -> Bool {
    guard key == "waitlist" else { return matches(expected, found) }
    if case .bool(false) = expected { return found == .null }
    return matches(expected, found) && matches(found, expected)
  }

  /// An expected object may have some of the keys; other values must be equal.
  private static func matches(_ expected: JSONValue, _ found: JSONValue) -> Bool {
    guard case .object(let expected) = expected, case .object(let found) = found else { return expected == found }
    return expected.members.allSatisfy { key, value in found[key].map { matches(value, $0) } ?? false }
  }

  /// Whether a case expects the words that 0.1.0 had for what was decided: cases outlive the wording. The names and numbers in
  /// the text must be those of today's text.
  private static func isWordingOf010(_ expected: JSONValue, of key: String, _ decision: Decision) -> Bool {
    switch (key, expected) {
    case ("reason", .string(let reason)):
      return TextsOf010.isReason(reason, of: decision) && details(of: reason) == details(of: decision.reason)
    case ("error", .object(let error)):
      guard let fault = decision.fault, let code = fault.code, code.isOwnWording,
        case .string(let message)? = error["message"], TextsOf010.code(of: message) == code,
        details(of: message) == details(of: fault.message)
      else { return false }
      var rest = error
      rest["message"] = .string(fault.message)
      return matches(.object(rest), DecideAnswer.json(fault))
    default: return false
    }
  }

  /// What a text of Usher names: words in apostrophes and whole numbers, sorted.
  private static func details(of text: String) -> [Substring] {
    text.matches(of: /'[^']*'|\d+/).map(\.output).sorted()
  }

  private static func text(_ value: JSONValue) -> String { JSONWriter().string(value) }

  private static func parse(_ json: [UInt8]) throws(ScriptFault) -> JSONValue {
    do { return try JSONParser.parse(json) } catch { throw ScriptFault.notData(error.message) }
  }

  /// Lua has one empty table for list and map. This makes it a list at keys that hold lists.
  private static func listsForEmptyTables(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let values): return .array(values.map(listsForEmptyTables))
    case .object(let object):
      return .object(
        JSONObject(
          object.members.map { key, value in
            let isList = ["tags", "devices", "cases", "notes", "considered", "properties"].contains(key)
            if isList, case .object(let inner) = value, inner.isEmpty { return (key, .array([])) }
            return (key, listsForEmptyTables(value))
          }))
    default: return value
    }
  }
}

extension ScriptFault {
  fileprivate static func notData(_ message: String) -> ScriptFault {
    ScriptFault(
      kind: .syntax, message: "what the file returns cannot be read: \(message)", line: nil, isSpent: false,
      code: "invalid_data")
  }
}
