import LuaSandbox
import Policies
import PolicyLint
import Routing
import Wire

@testable import PolicyTesting

/// What catches a mutant, and its effect on decisions.
struct MutationRun: Sendable {
  enum Effect: Sendable {
    /// A different outcome, device or time for some request, or a fault.
    case misroutes
    /// Only a different reason or note.
    case words
    /// The same bytes for every request, except for the instructions.
    case equivalent
  }

  let mutant: Mutant
  /// `check` has a finding that it does not have for the policy itself.
  let isCheckedOut: Bool
  /// A shipped case fails.
  let failsCases: Bool
  /// A search finds a request that violates a property.
  let isFound: Bool
  /// The search finds one that violates a general property.
  let isFoundInGeneral: Bool
  let effect: Effect

  var isCaught: Bool { isCheckedOut || failsCases || isFound }
  /// It decides differently, and nothing reports it.
  var slips: Bool { effect == .misroutes && !isCaught }

  /// A policy with its cases, and requests with its answers.
  struct Original: Sendable {
    let entry: PolicyCatalog.Entry
    let cases: PolicyCases
    let findings: Set<String>
    let corpus: [DecideRequest]
    let answers: [Bytes]

    init(_ entry: PolicyCatalog.Entry, corpusCount: Int) throws {
      self.entry = entry
      cases = try PolicyCases(file: "\(entry.name)_test.lua", source: entry.cases ?? [])
      // A case that fails without any change would catch every mutant.
      let failing = try cases.run(policy: entry.name, source: entry.source).filter { !$0.holds }
      guard failing.isEmpty else { throw Unsound(description: "\(entry.name): \(failing.map(\.name))") }
      findings = Set(PolicyCheck(file: entry.name, source: entry.source).findings.map(\.message))
      let compiled = try CompiledPolicy(file: entry.name, source: entry.source)
      var generator = RequestGenerator(
        seed: 77, literals: SourceLiterals(entry.source), declared: compiled.declared, ranges: compiled.ranges)
      corpus = (0..<corpusCount).map { _ in generator.fresh().request }
      answers = try MutationRun.answers(corpus, entry, entry.source)
    }
  }

  struct Unsound: Error, CustomStringConvertible { let description: String }

  /// The bytes of an answer: the part that determines the route, and all of it.
  struct Bytes: Equatable, Sendable {
    let route: String
    let words: String
  }

  init(_ mutant: Mutant, of original: Original, requests: Int) throws {
    self.mutant = mutant
    let check = PolicyCheck(file: mutant.policy, source: mutant.source)
    isCheckedOut = !check.findings.allSatisfy { original.findings.contains($0.message) }
    do throws(Fault) {
      failsCases = try original.cases.run(policy: mutant.policy, source: mutant.source).contains { !$0.holds }
    } catch { failsCases = true }
    isFoundInGeneral = try MutationRun.search(mutant, original, requests, withOwn: false)
    isFound = try isFoundInGeneral || MutationRun.search(mutant, original, requests, withOwn: true)
    effect = MutationRun.effect(mutant, original)
  }

  private static func search(_ mutant: Mutant, _ original: Original, _ requests: Int, withOwn: Bool) throws -> Bool {
    var options = PolicySearch.Options()
    (options.requestMax, options.endsAtFirst) = (requests, true)
    let entry = PolicyCatalog.Entry(name: mutant.policy, path: nil, source: mutant.source, cases: nil)
    do {
      return try !PolicySearch(
        entry, cases: withOwn ? original.cases : nil, casesSource: withOwn ? original.entry.cases : nil,
        options: options
      ).run().found.isEmpty
    } catch is Fault { return true }
  }

  private static func effect(_ mutant: Mutant, _ original: Original) -> Effect {
    guard let answers = try? answers(original.corpus, original.entry, mutant.source) else { return .misroutes }
    if zip(answers, original.answers).contains(where: { $0.route != $1.route }) { return .misroutes }
    return answers == original.answers ? .equivalent : .words
  }

  private static func answers(
    _ corpus: [DecideRequest], _ entry: PolicyCatalog.Entry, _ source: [UInt8]
  ) throws -> [Bytes] {
    let limits = SandboxLimits(cpuMilliseconds: 60_000)
    let policy = try CompiledPolicy(file: entry.name, source: source, limits: limits)
    var compiled = ["[]": policy]
    return try corpus.map { request in
      let asked =
        try compiled["\(request.parameters)"]
        ?? CompiledPolicy(file: entry.name, source: source, parameters: request.parameters, limits: limits)
      compiled["\(request.parameters)"] = asked
      let decision = DecideAnswer(request, policies: [asked])
      guard case .object(let answer) = decision.json else { preconditionFailure("an answer is an object") }
      let writer = JSONWriter()
      return Bytes(
        route: ["outcome", "device", "until", "waitlist", "error"].map { writer.string(answer[$0] ?? .null) }.joined(
          separator: " "),
        words: ["reason", "notes"].map { writer.string(answer[$0] ?? .null) }.joined(separator: " "))
    }
  }
}
