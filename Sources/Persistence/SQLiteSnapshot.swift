internal import GRDB
import Routing

/// The reads of one moment, inside a read transaction.
final class SQLiteSnapshot: StoreHistory {
  let db: Database
  private let leaderWindows: SendWindows?
  let zones: any ZoneOffsets
  /// Of all tenants at one moment, so that a dry run over many tenants reads them once.
  private var windows: (at: Instant, SendWindows)?

  init(_ db: Database, leaderWindows: SendWindows?, zones: any ZoneOffsets) {
    (self.db, self.leaderWindows, self.zones) = (db, leaderWindows, zones)
  }

  func tenants() throws -> [Tenant] {
    let guards = try GuardRows(db)
    return try Row.fetchAll(db, sql: "SELECT \(TenantRow.columns) FROM tenants t ORDER BY t.id").map {
      TenantRow.tenant($0, guards: guards)
    }
  }

  func fleet(of tenant: Tenant, at now: Instant) throws -> Fleet {
    let loads = try DeviceLoads(reading: db, of: tenant.key, at: now, windows: try windows(at: now))
    let sql = """
      SELECT \(DeviceRow.columns) FROM user_devices d
      WHERE d.tenant_id = ? AND d.status <> 'retired' ORDER BY d.id
      """
    var members: [Fleet.Member] = []
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [tenant.key.raw])
    while let row = try rows.next() { members.append(loads.member(DeviceRow.device(row))) }
    return Fleet(
      tenant: tenant.id, now: now, members: members, utcOffsetMinutes: zones.minutes(of: tenant.timeZone, at: now))
  }

  /// Leaves out what `Store.decide` would not ask about: rows that cannot be read, and steps with a message.
  func visitDue(tenant: TenantKey, limit: Int, at now: Instant, visit: (DueStep) throws -> Void) throws {
    var rows = DueRows(try DueStatements(db, zones: zones), tenant: tenant, limit: limit, at: now)
    while let row = try rows.next() {
      if case .due(let due) = row.content { try visit(due) }
    }
  }

  func generation(of tenant: TenantKey) throws -> PolicyGeneration? { try Activations(db).current(of: tenant) }

  func generations(after seen: Int64) throws -> PolicyGenerations {
    try Activations(db).generations(after: seen)
  }

  func isPinned() throws -> Bool { try Bool.fetchOne(db, sql: "SELECT pinned FROM leader WHERE id = 1") ?? false }

  func texts(of tenant: TenantKey) throws -> [PolicyText] { try PolicyTexts(db, of: tenant).all() }

  func canaryTallies(of tenant: TenantKey, in generation: Int64) throws -> CanaryTallies {
    try CanaryTallyRows(db).tallies(of: tenant, in: generation)
  }

  func streaks(of tenant: TenantKey) throws -> [PolicyStreak] { try PolicyStreak.all(of: tenant, in: db) }

  /// The leader's, as long as they are complete for that moment; else as they are on record.
  private func windows(at now: Instant) throws -> SendWindows {
    if let leaderWindows, leaderWindows.covers(now) { return leaderWindows }
    if let windows, windows.at == now { return windows.1 }
    let read = try SendWindows(reading: db, at: now)
    windows = (now, read)
    return read
  }
}
