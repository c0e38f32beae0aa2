import Routing
import StoreSQL

/// The reads of one moment of a store in SQLite.
final class SQLiteSnapshot: SQLSnapshot {
  let db: SQLiteConnection
  let leaderWindows: SendWindows?
  let shared: SharedReads
  let zones: ZoneDatabase

  /// `shared` is what this snapshot has in common with others; without it, with none.
  init(_ db: SQLiteConnection, leaderWindows: SendWindows?, zones: ZoneDatabase, shared: SharedReads = SharedReads()) {
    (self.db, self.leaderWindows, self.zones, self.shared) = (db, leaderWindows, zones, shared)
  }

  /// Leaves out what `CycleStore.decide` would not ask about: rows that cannot be read, and steps with a message.
  func visitDue(tenant: TenantKey, limit: Int, at now: Instant, visit: (DueStep) throws -> Void) throws {
    var rows = DueRows(try DueStatements(db, zones: zones), tenant: tenant, limit: limit, at: now)
    while let row = try rows.next() {
      if case .due(let due) = row.content { try visit(due) }
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
