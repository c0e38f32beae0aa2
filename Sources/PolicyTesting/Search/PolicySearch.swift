import Policies
import Routing
import Wire

/// Searches for requests that violate a property of a policy, and shrinks those that it finds.
///
/// The result depends only on the policy, its properties, the base requests and the seed. A time limit can only end the
/// search earlier.
package struct PolicySearch {
  /// What a search tries, and when it ends.
  package struct Options: Sendable {
    /// Determines every generated request; the same seed gives the same search.
    package var seed: UInt64 = 1
    /// The maximum number of requests.
    package var requestMax = 2000
    /// Real requests to derive others from; may be empty.
    package var bases: [DecideRequest] = []
    /// Properties not to check, both general and declared ones.
    package var skipped: Set<PolicyProperty> = []
    /// Whether the first violated property ends the search.
    package var endsAtFirst = false

    /// By default seed 1, 2000 requests, every property, and no base requests.
    package init() {}
  }

  /// A request that violates a property.
  package struct Counterexample: Sendable {
    /// The violated property.
    package let property: PolicyProperty
    /// What was found, as a sentence.
    package let message: String
    /// The smallest such request found.
    package let request: DecideRequest
    /// The policy's answer to it.
    package let answer: DecideAnswer
    /// The number of the request in the search, from 1.
    package let number: Int
    /// The number of requests tried while shrinking it.
    package let steps: Int
  }

  /// The results of a search and how much it tried.
  package struct Report: Sendable {
    /// At most one for each property, in the order of discovery.
    package let found: [Counterexample]
    /// The properties that were checked.
    package let properties: [PolicyProperty]
    /// Requests tried, without those tried while shrinking.
    package let requests: Int
    /// Decisions made, including those while shrinking; a request can need several.
    package let decisions: Int
  }

  private let check: PropertyCheck
  private let own: [PolicyProperty]
  private let literals: SourceLiterals
  private let options: Options

  /// `cases` is the policy's case file, for declared properties. Throws the fault of a policy that cannot be used.
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

  /// Calls `hasTime` before each request. Throws if a declared property itself fails.
  package func run(hasTime: () -> Bool = { true }) throws(PolicyCases.Failure) -> Report {
    var generator = RequestGenerator(
      seed: options.seed, literals: literals, declared: check.declared, ranges: check.ranges)
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
      // A large fleet costs as much as ten requests, so it is used for every eighth.
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
      // First each base request unchanged.
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
    for (index, violation) in violations.enumerated() {
      guard let violation, wanted.contains(violation.property) else { continue }
      wanted.removeAll { $0 == violation.property }
      return try shrunk(waiting[index].request, violation, waiting[index].number, isLarge: false)
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
  /// The request as an entry of `cases` that expects the policy's current answer; indented, without a final newline.
  package func entry(depth: Int) -> String {
    var object = JSONObject([("name", .string(property.title))])
    for (key, value) in request.json.members { object[key] = value }
    var expect = JSONObject([("outcome", .string(answer.decision.outcome.rawValue))])
    expect["device"] = answer.device.map { .string($0.text) }
    object["expect"] = .object(expect)
    return LuaText.literal(.object(object), depth: depth)
  }
}
