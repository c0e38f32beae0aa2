import Policies
import Routing
import Wire

/// The answer to one request.
package struct DecidedRequest: Sendable {
  /// The decision, as `usher decide` prints it.
  package let answer: DecideAnswer
  /// Parameters of the request that no policy or guard declares and that no earlier request had.
  package let undeclared: [String]
  /// Keys that the request gives under the names of an earlier version; only names that no earlier request used.
  package let formerKeys: [FormerKey]
  /// The policy or guard that failed; nil when none did.
  private let failed: PolicyCatalog.Entry?

  init(answer: DecideAnswer, undeclared: [String], formerKeys: [FormerKey], failed: PolicyCatalog.Entry?) {
    (self.answer, self.undeclared, self.formerKeys, self.failed) = (answer, undeclared, formerKeys, failed)
  }

  /// The fault with the line of the file that failed; nil when none did. Checks the source, which takes milliseconds.
  package var faultText: String? {
    guard let failed, let fault = answer.decision.fault else { return nil }
    return fault.text(in: failed.path ?? failed.name, source: failed.source)
  }
}

/// Decides requests given as JSON, each independently: the same request, policies and seed give the same answer.
package struct DecideRequests {
  /// The policies and guards, compiled once for each set of parameters in the requests.
  private struct Compiled {
    let parameters: [Parameter]
    let policies: [CompiledPolicy]
    let guards: [CompiledPolicy]
    /// The first parameter outside its range; nil if all fit.
    let problem: FieldError?
    var all: [CompiledPolicy] { policies + guards }
  }

  /// The most sets of parameters kept compiled: each needs an interpreter, and a file may use a different set in every request.
  private static let compiledMax = 16

  private let entries: [PolicyCatalog.Entry]
  private let guardEntries: [PolicyCatalog.Entry]
  private let overrides: ParameterOverrides
  /// The parameters of all files; empty without overrides.
  private let declared: [Parameter]
  private var compiled: [Compiled] = []
  private var doubted: Set<String> = []
  private var formerNames: Set<String> = []

  /// Policies in order of evaluation, then guards: files, or names of shipped ones. `overrides` replace parameters of the
  /// requests. Throws for a file that cannot be read, and for an override that no file declares or that is outside its range.
  package init(policies: [String], guards: [String], overrides: ParameterOverrides = .none) throws {
    let catalog = PolicyCatalog(rules: nil)
    let entries = try policies.map { name throws(Fault) in try catalog.entry(fileOrName: name) }
    let guardEntries = try guards.map { name throws(Fault) in try catalog.guardEntry(fileOrName: name) }
    (self.entries, self.guardEntries, self.overrides) = (entries, guardEntries, overrides)
    guard !overrides.isEmpty else {
      declared = []
      return
    }
    let files =
      entries.map { CompiledPolicy.orBroken($0, parameters: []) }
      + guardEntries.map { CompiledPolicy.orBroken($0, parameters: [], kind: .guard) }
    declared = files.flatMap(\.declared)
    try overrides.check(declared: declared)
    try overrides.check(ranges: files.map(\.ranges), declared: declared)
  }

  /// Decides one request. `input` and `firstLine` locate the request in errors. With `explains` the answer has a reason for each
  /// device. Throws a `Problem` for invalid JSON and a `FieldError` for an invalid request.
  package mutating func decide(
    _ bytes: [UInt8], of input: String, firstLine: Int = 1, explains: Bool
  ) throws -> DecidedRequest {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONParser.parse(bytes)
    } catch {
      throw Problem(
        .invalidInput, "\(input): line \(error.line + firstLine - 1), column \(error.column): \(error.message)")
    }
    var request = try DecideRequest(json: json)
    request.parameters = overrides.applied(over: request.parameters, declared: declared)
    let (compiled, undeclared) = compiled(for: request.parameters)
    if let problem = compiled.problem { throw problem }
    let answer = DecideAnswer(request, policies: compiled.policies, guards: compiled.guards, explains: explains)
    let place = compiled.all.firstIndex { $0.origin == answer.decision.origin } ?? 0
    let failed = answer.decision.fault == nil ? nil : (entries + guardEntries)[place]
    let formerKeys = request.formerKeys.filter { formerNames.insert($0.former).inserted }
    return DecidedRequest(answer: answer, undeclared: undeclared, formerKeys: formerKeys, failed: failed)
  }

  /// Decides a request from each line, in order; empty lines are skipped. `each` gets the number of the line. Throws as `decide`
  /// does, with the line; the lines before it were decided.
  package mutating func decideLines(
    _ bytes: [UInt8], of input: String, explains: Bool, each: (Int, DecidedRequest) -> Void
  ) throws {
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) {
      do {
        each(index + 1, try decide(Array(line), of: input, firstLine: index + 1, explains: explains))
      } catch let error as FieldError { throw Problem(.invalidInput, "\(input): line \(index + 1): \(error)") }
    }
  }

  /// A request's parameters go to all policies, and to the guards that declare them.
  private mutating func compiled(for parameters: [Parameter]) -> (Compiled, undeclared: [String]) {
    if let known = compiled.first(where: { $0.parameters == parameters }) { return (known, []) }
    let policies = entries.map { CompiledPolicy.orBroken($0, parameters: parameters) }
    let guards = guardEntries.map { entry in
      let declared = CompiledPolicy.orBroken(entry, parameters: [], kind: .guard)
      let own = parameters.filter { declared.declares($0.name) }
      return own.isEmpty ? declared : CompiledPolicy.orBroken(entry, parameters: own, kind: .guard)
    }
    let made = Compiled(
      parameters: parameters, policies: policies, guards: guards, problem: problem(in: parameters, (policies, guards)))
    // The parameters of a broken policy are unknown.
    let hasBroken = made.all.contains(where: \.isBroken)
    let undeclared = parameters.map(\.name).filter { name in
      !hasBroken && !made.all.contains { $0.declares(name) } && doubted.insert(name).inserted
    }
    if compiled.count == Self.compiledMax { compiled.removeFirst() }
    compiled.append(made)
    return (made, undeclared)
  }

  /// A file that refuses the parameters is compiled without them, to read its ranges.
  private func problem(
    in parameters: [Parameter], _ compiled: (policies: [CompiledPolicy], guards: [CompiledPolicy])
  ) -> FieldError? {
    let files = zip(entries, compiled.policies).map { ($0, $1, PolicyKind.policy) }
    let guards = zip(guardEntries, compiled.guards).map { ($0, $1, PolicyKind.guard) }
    for (entry, policy, kind) in files + guards where policy.isBroken {
      let ranges = CompiledPolicy.orBroken(entry, parameters: [], kind: kind).ranges
      guard let problem = parameters.lazy.compactMap({ ranges.problem(of: $0) }).first else { continue }
      return FieldError(
        path: "params.\(problem.name)", expected: problem.expected, found: problem.found,
        hint: problem.hint)
    }
    return nil
  }
}
