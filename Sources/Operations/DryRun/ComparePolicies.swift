import DryRun
import Policies
import Routing

/// Decides every due contact twice, with candidate policies and with others, and compares: a dry run. Writes nothing.
package struct ComparePolicies {
  /// What a dry run came to.
  package struct Result {
    /// What changes with the candidate; also describes a candidate that failed.
    package let report: DryRunReport
    /// What carries the candidate out; nil unless it was asked for.
    package let plan: Plan?
  }

  private let candidate: PolicyArgument
  private let against: PolicyArgument?
  private let catalog: PolicyCatalog
  private let options: DryRun.Options
  private let at: Instant?
  private let now: Instant

  /// `against` nil: each tenant's active policies. `catalog`: where active policies and guards are found. `at`: the time to decide
  /// at; nil is `now`. `limit`: how many contacts are looked at at most; nil is no limit. `listed`: which contacts the report has one
  /// by one. `contact`: the one whose decisions the report has in full.
  package init(
    _ candidate: PolicyArgument, against: PolicyArgument? = nil, catalog: PolicyCatalog, tenant: TenantID? = nil,
    at: Instant? = nil, now: Instant, limit: Int? = nil, listed: DryRunReport.Listed = .changed,
    contact: ContactID? = nil
  ) {
    (self.candidate, self.against, self.catalog, self.at, self.now) = (candidate, against, catalog, at, now)
    options = DryRun.Options(
      tenant: tenant, now: at ?? now, limit: limit ?? .max, listed: listed, contact: contact)
  }

  /// About how many contacts there are to be looked at. Costs a count of what is due.
  package func count(in store: any Store) throws -> Int {
    min(options.limit, try store.dueCount(of: options.tenant, at: options.now))
  }

  /// Throws a `Problem` when `at` is before the store was last decided on; `instead` says what to do.
  package func refusePast(in store: any Store, instead: @autoclosure () -> String) throws {
    try PastMoment.refuse(at, in: store, of: options.tenant, instead: instead())
  }

  /// Reads one snapshot. With `plans`, also makes the plan: the candidate must be compared with what is active, without a limit.
  /// `progress` gets the count of contacts so far. Throws a `Problem` when a parameter is overridden that no policy declares, and
  /// when the contact that the options name is not due. What the policies do is in the report: see `DryRunReport.problem`.
  package func run(
    on store: any HistoryStore, plans: Bool = false, progress: (Int) -> Void = { _ in }
  ) throws -> Result {
    precondition(
      !plans || against == nil && options.limit == .max, "a plan is made against what is active, of all that is due")
    var draft = PlanDraft(catalog: catalog)
    let (report, basis) = try store.readWithPlanBasis(of: options.tenant, keeping: plans) { snapshot in
      try candidate.checkOverrides(of: options.tenant, in: snapshot)
      return try DryRun(
        options: options,
        against: { tenant in
          if let against {
            let guards = try ActivePolicies.guards(of: tenant, in: snapshot, catalog: catalog)
            return CompiledLineup(live: try against.policies(for: tenant), guards: guards)
          }
          let lineup = try ActivePolicies.lineup(of: tenant, in: snapshot, catalog: catalog)
          if plans { draft.note(active: lineup.live) }
          return lineup
        },
        candidate: { tenant in
          if plans { try draft.note(candidate, for: tenant) }
          return try candidate.policies(for: tenant)
        }
      ).run(on: snapshot, progress: progress)
    }
    if let contact = options.contact, report.details.isEmpty {
      throw Problem(
        .contactNotFound,
        "expected a contact that is due as of \(report.now.rfc3339), found that '\(contact)' is not; "
          + "`usher contact show` says where it stands")
    }
    let plan = basis.map { draft.plan(of: report, basis: $0, tenant: options.tenant, savedAt: now) }
    return Result(report: report, plan: plan)
  }
}

extension PolicyArgument {
  /// Throws when a parameter is overridden that no policy of the tenant (nil: of all tenants) declares. Reads no tenants when none is.
  func checkOverrides(of tenant: TenantID?, in snapshot: any StoreSnapshot) throws {
    guard !overrides.isEmpty else { return }
    try checkOverrides(for: try snapshot.tenants().filter { tenant == nil || $0.id == tenant })
  }
}

extension DryRunReport {
  /// Why the candidate is not fit to be activated, as an error: it fails for contacts, or moves more than a limit in percent (nil: no
  /// limit). Nil when it is fit. `noun`: what was decided, in the plural.
  package func problem(movedMax: Double? = nil, noun: String = "contacts") -> Problem? {
    if faults > 0 {
      return Problem(.policyFailed, "the policy fails for \(faults) of \(contacts) \(noun)")
    }
    guard let movedMax, movedPercent > movedMax else { return nil }
    return Problem(
      .limitExceeded,
      "\(movedPercentText) of the contacts would go to another device; the most allowed is \(Self.text(percent: movedMax))"
    )
  }

  /// `2.5 %`: the share of the contacts that go to another device.
  package var movedPercentText: String { Self.text(percent: movedPercent) }

  private static func text(percent: Double) -> String {
    let tenths = Int((percent * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }
}
