import Foundation
import GRDB
import Routing

@testable import StoreSQL
@testable import StoreSQLite

/// A store in a temporary folder, and rows put into it by SQL. Only what a test names differs from the ordinary.
final class StoreFixture {
  static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!
  static let digest = "sha256:" + String(repeating: "a", count: 64)

  let folder: TemporaryFolder
  let store: SQLiteStore
  let epoch: LeaderEpoch
  let now = StoreFixture.now

  /// A new store that this process leads, with the tenant `acme` and a policy revision.
  init() throws {
    folder = try TemporaryFolder()
    store = try SQLiteStore.create(at: folder.file("usher.db"))
    epoch = try store.becomeLeader(processID: 1, at: now)
    try tenant("acme")
    try store.activate([StoreFixture.revision], for: TenantKey(1), at: now, epoch: epoch)
  }

  var path: String { store.path }
  var acme: TenantKey { TenantKey(1) }

  static let revision = PolicyRevision(
    policy: "assigned", digest: digest, source: "return {}",
    parameters: [Parameter("max_wait", .integer(900))])

  // MARK: Rows

  @discardableResult
  func tenant(_ id: String, policies: String = #"["assigned"]"#) throws -> TenantKey {
    TenantKey(
      try insert(
        "INSERT INTO tenants (external_id, name, policies, created_at) VALUES (?, ?, ?, ?)",
        [id, id, policies, now.milliseconds - 86_400_000]))
  }

  @discardableResult
  func device(
    _ id: String, tenant: TenantKey = TenantKey(1), status: String = "online", minute: Int? = nil,
    hour: Int? = nil, day: Int? = nil, inFlight: Int? = nil, pace: Double = 0, pausedUntil: Instant? = nil,
    tags: String = "[]"
  ) throws -> DeviceKey {
    DeviceKey(
      try insert(
        """
        INSERT INTO user_devices (tenant_id, external_id, device_name, status, limit_minute, limit_hour, limit_day,
          limit_in_flight, pace_min_s, pace_max_s, paused_until, tags, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          tenant.raw, id, "Device \(id)", status, minute, hour, day, inFlight, pace, pace,
          pausedUntil?.milliseconds, tags, now.milliseconds - 1000,
        ]))
  }

  @discardableResult
  func lead(
    _ id: String, tenant: TenantKey = TenantKey(1), phone: String? = nil, device: DeviceKey? = nil,
    triggers: [String] = [], tags: String = "[]", attributes: String = "{}", optedOut: Bool = false
  ) throws -> Int64 {
    let leads = try count("SELECT count(*) FROM leads")
    let number = phone ?? "+6012" + String(format: "%07d", leads + 1)
    let key = try insert(
      """
      INSERT INTO leads (tenant_id, external_id, phone, name, device_id, tags, attributes, opted_out_at, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        tenant.raw, id, number, "Lead \(id)", device?.raw, tags, attributes, optedOut ? 1 : nil,
        now.milliseconds - 1000,
      ])
    for trigger in triggers {
      try insert(
        "INSERT INTO lead_triggers (tenant_id, lead_id, trigger, created_at) VALUES (?, ?, ?, ?)",
        [tenant.raw, key, trigger, now.milliseconds])
    }
    return key
  }

  /// A sequence with a step for each of `delays` (seconds), saying `Step 1`, `Step 2` and so on.
  @discardableResult
  func sequence(
    _ id: String = "welcome", tenant: TenantKey = TenantKey(1), trigger: String? = "NEW",
    status: String = "active", delays: [Int64] = [0, 60]
  ) throws -> Int64 {
    let key = try insert(
      "INSERT INTO sequences (tenant_id, external_id, name, trigger, status, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      [tenant.raw, id, id, trigger, status, now.milliseconds])
    for (index, delay) in delays.enumerated() {
      try insert(
        "INSERT INTO sequence_steps (sequence_id, ordinal, delay_ms, content) VALUES (?, ?, ?, ?)",
        [key, index + 1, delay * 1000, "Step \(index + 1)"])
    }
    return key
  }

  /// An enrolment of a new lead, due a minute ago unless told otherwise.
  @discardableResult
  func enrolment(
    _ lead: String, in sequence: Int64 = 1, tenant: TenantKey = TenantKey(1), device: DeviceKey? = nil,
    dueAt: Instant? = nil, tags: String = "[]", attributes: String = "{}", optedOut: Bool = false
  ) throws -> EnrolmentKey {
    let leadKey = try self.lead(lead, tenant: tenant, tags: tags, attributes: attributes, optedOut: optedOut)
    return try enrolment(ofLead: leadKey, in: sequence, tenant: tenant, device: device, dueAt: dueAt)
  }

  @discardableResult
  func enrolment(
    ofLead lead: Int64, in sequence: Int64 = 1, tenant: TenantKey = TenantKey(1), device: DeviceKey? = nil,
    dueAt: Instant? = nil
  ) throws -> EnrolmentKey {
    let due = (dueAt ?? now.advanced(bySeconds: -60)).milliseconds
    let key = try insert(
      """
      INSERT INTO sequence_contacts (tenant_id, sequence_id, lead_id, external_id, contact_phone,
        assigned_device_id, status, due_at, next_at, enrolled_at)
      SELECT l.tenant_id, q.id, l.id, q.external_id || '/' || l.external_id, l.phone, ?, 'scheduled', ?, ?, ?
      FROM leads l, sequences q WHERE l.id = ? AND q.id = ?
      """, [device?.raw, due, due, now.milliseconds - 60_000, lead, sequence])
    if let device {
      try insert(
        """
        INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, reason, actor, at)
        VALUES (?, ?, ?, 'imported', 'import', ?)
        """, [tenant.raw, key, device.raw, now.milliseconds - 60_000])
    }
    return EnrolmentKey(key)
  }

  // MARK: Steps of a life

  /// Decides what is due by queueing everything on `device`.
  @discardableResult
  func queueAll(
    on device: DeviceKey, moves: Bool = false, limit: Int = 1000, tenant: TenantKey = TenantKey(1),
    at moment: Instant? = nil
  ) throws -> DecisionCounts {
    try store.decide(tenant: tenant, limit: limit, at: moment ?? now, epoch: epoch) { due in
      .queue(
        StoreFixture.decision(.use(device: 0)), device: device, moves: moves,
        content: "Hi \(due.contact.name ?? "")")
    }
  }

  static func decision(
    _ resolution: Resolution, reason: String = "because", fault: Fault? = nil, notes: [String] = [],
    capacityAt: Instant? = nil, revision: String = digest
  ) -> Decision {
    Decision(
      resolution: resolution, reason: reason, origin: DecisionOrigin(policy: "assigned", revision: revision), seed: 42,
      instructions: 7, remarks: DecisionRemarks(fault: fault, notes: notes), capacityAt: capacityAt)
  }

  func claim(limit: Int = 1000, at moment: Instant? = nil, draw: Double = 0) throws -> [Message] {
    let moment = moment ?? now
    return try store.claim(
      limit: limit, at: moment, leaseUntil: moment.advanced(bySeconds: 60), epoch: epoch, draw: { _ in draw })
  }

  @discardableResult
  func finish(_ messages: [Message], _ outcome: SendOutcome, at moment: Instant? = nil) throws -> SendCounts {
    try store.finish(
      messages.map { SendResult(message: $0, outcome: outcome) }, at: moment ?? now, epoch: epoch)
  }

  // MARK: SQL

  /// The key of a message of the first step, made as the store makes it.
  func messageKey(_ contact: String, _ recipient: String, attempt: Int = 1) throws -> String {
    try store.reading { db in
      try MessageKeys(reading: db).key(
        tenant: TenantID("acme")!, sequence: String(contact.split(separator: "/")[0]),
        lead: String(contact.split(separator: "/")[1]), step: 1, recipient: PhoneNumber(recipient)!, attempt: attempt)
    }
  }

  @discardableResult
  func insert(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64 {
    try store.pool.write { db in
      try db.execute(sql: sql, arguments: arguments)
      return db.lastInsertedRowID
    }
  }

  func execute(_ sql: String, _ arguments: StatementArguments = []) throws {
    try store.pool.write { db in try db.execute(sql: sql, arguments: arguments) }
  }

  func count(_ sql: String) throws -> Int {
    try store.pool.read { db in try Int.fetchOne(db, sql: sql) ?? 0 }
  }

  /// The first row's columns as text, `-` for NULL.
  func row(_ sql: String) throws -> [String] { try rows(sql).first ?? [] }

  func rows(_ sql: String) throws -> [[String]] {
    try store.pool.read { db in
      try Row.fetchAll(db, sql: sql).map { row in
        row.databaseValues.map { value in
          switch value.storage {
          case .null: "-"
          case .int64(let number): String(number)
          case .double(let number): String(number)
          case .string(let text): text
          case .blob(let data): "\(data.count) bytes"
          }
        }
      }
    }
  }

  /// Everything that a write could have touched, to compare before and after.
  func everything() throws -> [String: [[String]]] {
    var all: [String: [[String]]] = [:]
    for table in try rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
      all[table[0]] = try rows("SELECT * FROM \"\(table[0])\" ORDER BY rowid")
    }
    return all
  }
}
