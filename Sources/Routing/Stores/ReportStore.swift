/// Reports over a store, each from one consistent snapshot. No method writes.
package protocol ReportStore: Sendable {
  /// All devices as of `moment`, by tenant and key. Only what had happened by then counts.
  ///
  /// Costs what `devicesNow` costs; for a moment in the past also a walk over what happened since.
  func devices(at moment: Instant) throws -> DeviceReport

  /// All devices now, by tenant and key, with what they sent in the windows that end at `now`. Sends later than `now`
  /// count too, in case the clock was ahead. Costs a walk over the enrolments and over the indexes behind the loads.
  func devicesNow(at now: Instant) throws -> DeviceReport

  /// Compares each message's device with its contact's.
  ///
  /// Counts messages made at `since` or later, of one tenant or of all (nil). `moment` nil: as of now. Returns at most
  /// `lineLimit` lines, oldest first; the counts cover all messages. Costs a walk over the messages and the
  /// assignments.
  func mismatches(since: Instant?, tenant: TenantID?, at moment: Instant?, lineLimit: Int) throws -> MismatchReport

  /// The funnel of each sequence now, by tenant and key. Costs a walk over enrolments, messages and decisions.
  func sequences() throws -> SequenceReport

  /// The funnels as of `moment`. Costs what `sequences()` costs, and a walk over what happened since.
  func sequences(at moment: Instant) throws -> SequenceReport

  /// Recorded acts, newest first, and whether the window has more than the filter's limit. Throws
  /// `OperatorError.unknown` for a tenant. The cost follows the window and the limit, not the length of the history.
  func audit(_ filter: AuditFilter) throws -> (lines: [AuditLine], hasMore: Bool)

  /// The overview of the store as of `moment`. `stopwatch` returns milliseconds of a clock that only goes forward.
  ///
  /// Costs what the first look of `MaintenanceStore.watch` costs; for a moment in the past also a walk over what
  /// happened since and over the enrolments.
  func overview(at moment: Instant, stopwatch: @escaping () -> Double) throws -> StoreOverview

  /// When a cycle last decided for a tenant, or one of its messages last left; of all tenants if nil. Nil if neither
  /// has happened. Costs a look-up for each tenant, and the sends after the last decision.
  func lastActivity(of tenant: TenantID?) throws -> Instant?

  /// An upper bound of the contacts that are due: leads that opted out and contacts of paused sequences are counted.
  /// Costs a walk over the index of what is due.
  func dueCount(of tenant: TenantID?, at now: Instant) throws -> Int

  // MARK: Ids

  /// Whether a row has exactly this id. `tenant` nil: of any tenant. Costs a look-up for each tenant.
  func has(_ what: IDKind, _ id: String, of tenant: String?) throws -> Bool

  /// Ids that begin with `prefix`, at most `limit`, in the order of tenants and ids. `tenant` nil: of all tenants.
  /// Costs a look-up for each tenant.
  func ids(_ what: IDKind, of tenant: String?, startingWith prefix: String, limit: Int) throws -> [String]
}

extension ReportStore {
  /// With at most 1,000 lines.
  package func mismatches(since: Instant?, tenant: TenantID?, at moment: Instant? = nil) throws -> MismatchReport {
    try mismatches(since: since, tenant: tenant, at: moment, lineLimit: 1000)
  }
}
