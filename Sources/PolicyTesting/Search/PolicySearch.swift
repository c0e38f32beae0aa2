import Policies
import Routing
import Wire

/// Looks for requests that break a property of a policy, and makes those that it finds small.
///
/// A function of the policy, its properties, the bases and the seed, for a number of requests; the clock, where there is
/// one, only ends it.
package struct PolicySearch {
  /// What a search tries, and when it ends.
  package struct Options: Sendable {
    /// Determines every made-up request; the same seed gives the same search.
    package var seed: UInt64 = 1
    /// Requests that are tried at most.
    package var requestMax = 2000
    /// Real requests, which others are made of; may be empty.
    package var bases: [DecideRequest] = []
    /// Not checked, general ones and the policy's own alike.
    package var skipped: Set<PolicyProperty> = []
    /// Whether the first property that does not hold ends the search.
    package var endsAtFirst = false

    /// Seed 1, 2000 requests, every property, no bases.
    package init() {}
  }

  /// A request for which a property does not hold.
  package struct Counterexample: Sendable {
    /// The one that does not hold.
    package let property: PolicyProperty
    /// What was found, in a sentence.
    package let message: String
    /// The smallest request that was found.
    package let request: DecideRequest
    /// What the policy answers to it.
    package let answer: DecideAnswer
    /// Which request of the search it was, from 1.
    package let number: Int
    /// Requests tried to make it small.
    package let steps: Int
  }

  /// What was found, and how much was tried.
  package struct Report: Sendable {
    /// At most one for each property, in the order in which they were found.
    package let found: [Counterexample]
    /// The properties that were looked at.
    package let properties: [PolicyProperty]
    /// Tried before the end; those made while shrinking do not count.
    package let requests: Int
    /// All that were made, those for shrinking included; a request can take several.
    package let decisions: Int
  }

  private let check: PropertyCheck
  private let own: [PolicyProperty]
  private let literals: SourceLiterals
  private let options: Options

  /// `cases` are the policy's, for its own properties. Throws the fault of a policy that cannot be used.
  package init(
    _ entry: PolicyCatalog.Entry, cases: PolicyCases?, casesSource: [UInt8]?, options: Options
  ) throws(Fault) {
    self.options = options
    let names = cases?.properties ?? []
    let own = names.map(PolicyProperty.own).filter { !options.skipped.contains($0) }
    let properties = casesSource.flatMap { source in
      own.isEmpty ? nil : PolicyProperties(file: "\(entry.name)_test.lua", source: source, names: names)
    }
    self.own = own
    check = try PropertyCheck(file: entry.name, source: entry.source, own: properties, skipped: options.skipped)
    literals = SourceLiterals(entry.source)
  }

  /// Throws where a property of the policy's own fails itself. `hasTime` is asked before each request.
  package func run(hasTime: () -> Bool = { true }) throws(PolicyCases.Failure) -> Report {
    var generator = RequestGenerator(seed: options.seed, literals: literals, declared: check.declared)
    let bases = options.bases.map(SearchRequest.init)
    var found: [Counterexample] = []
    var wanted = check.general
    var ownWanted = own
    var waiting: [(number: Int, request: SearchRequest)] = []
    var last: SearchRequest?
    var number = 0
    while number < options.requestMax, !(wanted.isEmpty && ownWanted.isEmpty), hasTime() {
      number += 1
      let request = next(number, &generator, bases, last)
      last = request
      // A large fleet costs as much as ten requests, so it is every eighth.
      let isLarge = number % 8 == 1 || request.members.count >= 30
      if let violation = try check.violation(request, of: wanted, isLarge: isLarge) {
        let small = try shrunk(request, violation, number, isLarge: isLarge)
        found.append(small)
        if options.endsAtFirst { break }
        wanted.removeAll { $0 == violation.property }
      }
      waiting.append((number, request))
      if waiting.count < PolicyProperties.batchMax, number < options.requestMax { continue }
      if let small = try ownViolation(waiting, &ownWanted) {
        found.append(small)
        if options.endsAtFirst { break }
      }
      waiting = []
    }
    return Report(found: found, properties: check.general + own, requests: number, decisions: check.decisions)
  }

  private func next(
    _ number: Int, _ generator: inout RequestGenerator, _ bases: [SearchRequest], _ last: SearchRequest?
  ) -> SearchRequest {
    if !bases.isEmpty {
      // Each of them as it is first.
      if number <= bases.count { return bases[number - 1] }
      if number % 3 != 0 { return generator.mutated(bases[number % bases.count]) }
    }
    if let last, number % 4 == 0 { return generator.mutated(last) }
    return generator.fresh()
  }

  private func ownViolation(
    _ waiting: [(number: Int, request: SearchRequest)], _ wanted: inout [PolicyProperty]
  ) throws(PolicyCases.Failure) -> Counterexample? {
    guard !wanted.isEmpty else { return nil }
    let violations = try check.ownViolations(waiting.map(\.request))
    for (place, violation) in violations.enumerated() {
      guard let violation, wanted.contains(violation.property) else { continue }
      wanted.removeAll { $0 == violation.property }
      return try shrunk(waiting[place].request, violation, waiting[place].number, isLarge: false)
    }
    return nil
  }

  private func shrunk(
    _ request: SearchRequest, _ violation: PropertyCheck.Violation, _ number: Int, isLarge: Bool
  ) throws(PolicyCases.Failure) -> Counterexample {
    func again(_ request: SearchRequest) -> PropertyCheck.Violation? {
      let found = try? check.violation(request, of: [violation.property], isLarge: isLarge)
      return found?.property == violation.property && found?.kind == violation.kind ? found : nil
    }
    var shrinker = RequestShrinker(triesMax: isLarge ? 600 : 3000) { again($0) != nil }
    let small = shrinker.shrunk(request)
    return Counterexample(
      property: violation.property, message: again(small)?.message ?? violation.message, request: small.request,
      answer: check.decide(small), number: number, steps: shrinker.tries)
  }
}

extension PolicySearch.Counterexample {
  /// The request as an entry of `cases`, expecting what the policy answers now; indented, without an end of line.
  package func entry(depth: Int) -> String {
    var object = JSONObject([("name", .string(property.title))])
    for (key, value) in request.json.members { object[key] = value }
    var expect = JSONObject([("outcome", .string(answer.decision.outcome.rawValue))])
    expect["device"] = answer.device.map { .string($0.text) }
    object["expect"] = .object(expect)
    return LuaText.literal(.object(object), depth: depth)
  }
}
