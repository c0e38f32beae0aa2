import Routing
import StoreSQL

/// The reads of one snapshot of an SQLite store.
final class SQLiteSnapshot: SQLSnapshot {
  let db: SQLiteConnection
  let leaderWindows: SendWindows?
  let shared: SharedReads
  let zones: ZoneDatabase

  /// `shared` is the cache that this snapshot shares with others; by default it shares none.
  init(_ db: SQLiteConnection, leaderWindows: SendWindows?, zones: ZoneDatabase, shared: SharedReads = SharedReads()) {
    (self.db, self.leaderWindows, self.zones, self.shared) = (db, leaderWindows, zones, shared)
  }

  /// Skips rows that `CycleStore.decide` would not decide: unreadable ones, and steps with a message.
  func visitDue(tenant: TenantKey, limit: Int, at now: Instant, visit: (DueStep) throws -> Void) throws {
    var left = limit
    for sql in [WaitlistSQL.all, WaitlistSQL.dueElsewhere] where left > 0 {
      var rows = DueRows(try DueStatements(db, zones: zones, due: sql), tenant: tenant, limit: left, at: now)
      while let row = try rows.next() {
        left -= 1
        if case .due(let due) = row.content { try visit(due) }
      }
    }
  }

  func stepReader(at now: Instant) throws -> (EnrolmentKey) throws -> DueStep? {
    var rows = DueRows(try DueStatements(db, zones: zones, due: WaitlistSQL.undecided), at: now)
    return { key in
      defer { rows.stop() }
      guard case .due(let due) = try rows.row(of: key)?.content else { return nil }
      return due
    }
  }

  func currentStep(of id: ContactID, of tenant: TenantKey, at now: Instant) throws -> CurrentStep {
    var rows = DueRows(
      try DueStatements(db, zones: zones, due: CycleSQL.undecided), contact: id, of: tenant, at: now)
    defer { rows.stop() }
    switch try rows.next()?.content {
    case .due(let due): return .undecided(due)
    case .unreadable(let row): return .unreadable(row.reason)
    case .carried, nil: return .decided
    }
  }
}
