import DryRun
import Policies
import Routing

/// Decides each due or waiting contact twice, with candidate policies and with others, and compares: a dry run. Writes nothing.
package struct ComparePolicies {
  /// The result of a dry run.
  package struct Result {
    /// The changes that the candidate makes; also describes a candidate that failed.
    package let report: DryRunReport
    /// The plan that applies the candidate; nil unless it was requested.
    package let plan: Plan?
  }

  private let candidate: PolicyArgument
  private let against: PolicyArgument?
  private let catalog: PolicyCatalog
  private let options: DryRun.Options
  private let at: Instant?
  private let now: Instant

  /// `against` nil: each tenant's active policies. `catalog`: where active policies and guards are found. `at`: the time of the
  /// decisions; nil is `now`. `limit`: the most contacts that are compared; nil is no limit. `listed`: which contacts the report
  /// lists. `contact`: the one whose decisions the report contains in full.
  package init(
    _ candidate: PolicyArgument, against: PolicyArgument? = nil, catalog: PolicyCatalog, tenant: TenantID? = nil,
    at: Instant? = nil, now: Instant, limit: Int? = nil, listed: DryRunReport.Listed = .changed,
    contact: ContactID? = nil
  ) {
    (self.candidate, self.against, self.catalog, self.at, self.now) = (candidate, against, catalog, at, now)
    options = DryRun.Options(
      tenant: tenant, now: at ?? now, limit: limit ?? .max, listed: listed, contact: contact)
  }

  /// The approximate number of contacts to compare. Costs a count of the due and waiting contacts.
  package func count(in store: any Store) throws -> Int {
    min(options.limit, try store.dueCount(of: options.tenant, at: options.now))
  }

  /// Throws a `Problem` if `at` is before the last decision in the store; `instead` says what to do.
  package func refusePast(in store: any Store, instead: @autoclosure () -> String) throws {
    try PastMoment.refuse(at, in: store, of: options.tenant, instead: instead())
  }

  /// Reads one snapshot. With `plans`, also makes the plan: the comparison must be with the active policies, without a limit.
  /// `progress` gets the number of contacts so far. Throws a `Problem` if a parameter is overridden that no policy declares, or if
  /// the contact that the options name is not due. Faults of the policies are in the report: see `DryRunReport.problem`.
  package func run(
    on store: any HistoryStore, plans: Bool = false, progress: (Int) -> Void = { _ in }
  ) throws -> Result {
    precondition(
      !plans || against == nil && options.limit == .max, "a plan compares all contacts with the active policies")
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
        "expected a contact that is due as of \(report.now.rfc3339), but '\(contact)' is not; "
          + "`usher contact show` shows its state")
    }
    let plan = basis.map { draft.plan(of: report, basis: $0, tenant: options.tenant, savedAt: now) }
    return Result(report: report, plan: plan)
  }
}

extension PolicyArgument {
  /// Throws if a parameter is overridden that no policy of the tenant (nil: of all tenants) declares. Without overrides it reads
  /// no tenants.
  func checkOverrides(of tenant: TenantID?, in snapshot: any StoreSnapshot) throws {
    guard !overrides.isEmpty else { return }
    try checkOverrides(for: try snapshot.tenants().filter { tenant == nil || $0.id == tenant })
  }
}

extension DryRunReport {
  /// Why the candidate should not be activated, as an error: it fails for contacts, or moves more than a limit in percent (nil:
  /// no limit). Nil if it is fit. `noun`: what was decided, in the plural.
  package func problem(movedMax: Double? = nil, noun: String = "contacts") -> Problem? {
    if faults > 0 {
      return Problem(.policyFailed, "the policy fails for \(faults) of \(contacts) \(noun)")
    }
    guard let movedMax, movedPercent > movedMax else { return nil }
    return Problem(
      .limitExceeded,
      "\(movedPercentText) of the contacts would go to another device; the limit is \(Self.text(percent: movedMax))"
    )
  }

  /// `2.5 %`: the share of the contacts that go to another device.
  package var movedPercentText: String { Self.text(percent: movedPercent) }

  private static func text(percent: Double) -> String {
    let tenths = Int((percent * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }
}
