/// Reports over a store, each from one consistent snapshot. No method writes.
package protocol ReportStore: Sendable {
  /// All devices as of `moment`, by tenant and key. Later events are not counted.
  ///
  /// Costs as much as `devicesNow`; for a time in the past also a walk over the events since.
  func devices(at moment: Instant) throws -> DeviceReport

  /// All devices now, by tenant and key, with their sends in the windows that end at `now`. Sends after `now` count too,
  /// in case the clock was ahead. Costs a row for each device, and a walk over the indexes used for loads: what is queued,
  /// and the packed sends of a day.
  func devicesNow(at now: Instant) throws -> DeviceReport

  /// Compares each message's device with its contact's.
  ///
  /// Counts messages created at `since` or later, of one tenant or of all (nil). With `moment` nil, as of now. Returns at
  /// most `lineLimit` lines, oldest first; the counts cover all messages. Costs a walk over the messages since then.
  func mismatches(since: Instant?, tenant: TenantID?, at moment: Instant?, lineLimit: Int) throws -> MismatchReport

  /// When the last message was made, and when the oldest of the last `count` messages was made; nil without a message.
  /// `oldest` is nil if the store has no older message than these. Costs three rows.
  func lastMessages(_ count: Int) throws -> (oldest: Instant?, last: Instant)?

  /// The funnel of each sequence now, by tenant and key. Costs what is open; what is over is kept as totals.
  func sequences() throws -> SequenceReport

  /// The funnels as of `moment`. Costs as much as `sequences()`, and a walk over the events since.
  func sequences(at moment: Instant) throws -> SequenceReport

  /// Recorded actions, newest first, and whether the period has more of them than the filter's limit. Throws
  /// `OperatorError.unknown` for an unknown tenant. The cost depends on the period and the limit, not on the length of
  /// the history.
  func audit(_ filter: AuditFilter) throws -> (lines: [AuditLine], hasMore: Bool)

  /// The overview of the store as of `moment`. `stopwatch` returns milliseconds of a monotonic clock.
  ///
  /// Costs as much as the first call on `MaintenanceStore.watch`; for a time in the past also a walk over the events
  /// since and over the enrolments.
  func overview(at moment: Instant, stopwatch: @escaping () -> Double) throws -> StoreOverview

  /// When a cycle last decided for a tenant, or one of its messages was last sent, whichever is later; with nil, for all
  /// tenants. Nil if neither has happened. Costs a look-up for each tenant, and a read of the sends after the last
  /// decision.
  func lastActivity(of tenant: TenantID?) throws -> Instant?

  /// An upper bound of the number of due contacts: it includes leads that opted out and contacts of paused sequences.
  /// Costs a walk over the index of due contacts.
  func dueCount(of tenant: TenantID?, at now: Instant) throws -> Int

  // MARK: Ids

  /// Whether a row has exactly this id. With `tenant` nil, of any tenant. Costs a look-up for each tenant.
  func has(_ what: IDKind, _ id: String, of tenant: String?) throws -> Bool

  /// Ids that begin with `prefix`, at most `limit`, by tenant and id. With `tenant` nil, of all tenants. Costs a look-up
  /// for each tenant.
  func ids(_ what: IDKind, of tenant: String?, startingWith prefix: String, limit: Int) throws -> [String]
}

extension ReportStore {
  /// Returns at most 1,000 lines.
  package func mismatches(since: Instant?, tenant: TenantID?, at moment: Instant? = nil) throws -> MismatchReport {
    try mismatches(since: since, tenant: tenant, at: moment, lineLimit: 1000)
  }
}
