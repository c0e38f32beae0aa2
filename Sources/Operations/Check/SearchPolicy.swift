import Policies
import PolicyTesting
import Routing

/// The result of a search for counterexamples in one policy file.
package struct PolicySearchResult: Sendable {
  /// The path as it was given.
  package let file: String
  /// The seed of the generated requests.
  package let seed: UInt64
  /// The counterexamples, with how much was tried.
  package let report: PolicySearch.Report
}

/// Looks for requests that break a property of a policy.
package struct SearchPolicy {
  /// The number of requests if neither a number nor a time is given.
  package static let requestMax = 2000

  /// The seed of the generated requests.
  package var seed: UInt64 = 1
  /// The number of requests; nil: `requestMax`, or no limit if `seconds` is given.
  package var requests: Int?
  /// The time to spend; nil: no limit of time.
  package var seconds: Double?
  /// Names of skipped properties: general ones, or those that the policy declares.
  package var skipped: [String] = []
  /// Real requests, which are tried first and from which others are derived.
  package var bases: [DecideRequest] = []

  /// The default number of requests and the default seed.
  package init() {}

  /// Searches one policy file. `stopwatch`: milliseconds of a clock that only goes forward; it is read only if `seconds` is set.
  /// Throws a `Problem` for a policy or cases that cannot be used, and for a name in `skipped` that is not a property.
  package func run(_ file: String, stopwatch: () -> Double) throws -> PolicySearchResult {
    let entry = try PolicyCatalog(rules: nil).entry(fileOrName: file)
    return PolicySearchResult(file: file, seed: seed, report: try search(entry, stopwatch))
  }

  private func search(_ entry: PolicyCatalog.Entry, _ stopwatch: () -> Double) throws -> PolicySearch.Report {
    var search = PolicySearch.Options()
    search.seed = seed
    search.requestMax = requests ?? (seconds == nil ? Self.requestMax : .max)
    search.bases = bases
    do {
      let cases = try entry.cases.map { try PolicyCases(file: "\(entry.name)_test.lua", source: $0) }
      search.skipped = try skipped(own: cases?.properties ?? [])
      let end = seconds.map { stopwatch() + $0 * 1000 }
      return try PolicySearch(entry, cases: cases, casesSource: entry.cases, options: search).run {
        end.map { stopwatch() < $0 } ?? true
      }
    } catch let failure as PolicyCases.Failure {
      let place = failure.line.map { ":\($0)" } ?? ""
      throw Problem(.invalidPolicy, "the cases of \(entry.path ?? entry.name)\(place): \(failure.message)")
    } catch let fault as Fault {
      throw Problem(.invalidPolicy, fault.text(in: entry.path ?? entry.name, source: entry.source))
    }
  }

  private func skipped(own: [String]) throws -> Set<PolicyProperty> {
    let known = PolicyProperty.general + own.map(PolicyProperty.own)
    return Set(
      try skipped.map { name in
        guard let property = known.first(where: { $0.name == name }) else {
          throw Problem(
            .invalidInput,
            "--skip: no property '\(name)'; the properties are \(known.map(\.name).joined(separator: ", "))")
        }
        return property
      })
  }
}

/// The contacts of a store that are due, as requests: each with its tenant's fleet and parameters.
package struct DueRequestsQuery {
  /// The most requests that are made.
  package static let requestMax = 500

  /// Covers all tenants.
  package init() {}

  /// In the order in which a cycle would decide them, tenant by tenant; at most `requestMax`. Only reads.
  package func run(on store: any HistoryStore, at now: Instant) throws -> [DecideRequest] {
    var requests: [DecideRequest] = []
    try store.readHistory { snapshot in
      for tenant in try snapshot.tenants() where requests.count < Self.requestMax {
        let fleet = try snapshot.fleet(of: tenant, at: now)
        try snapshot.visitDue(tenant: tenant.key, limit: Self.requestMax - requests.count, at: now) { due in
          let seed = SeededRandom.seed(contact: due.contact.id, step: due.contact.step, at: now)
          requests.append(
            DecideRequest(contact: due.contact, fleet: fleet, seed: seed, parameters: tenant.parameters))
        }
      }
    }
    return requests
  }
}
