import Foundation
import Routing
import StoreSQL

/// A store of any engine, with rows added by SQL. Columns that a test does not name have default values.
package final class StoreFixture {
  package static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!
  package static let digest = "sha256:" + String(repeating: "a", count: 64)

  /// The store with access to its tables.
  package let subject: any StoreUnderTest
  package let store: any Store
  package let epoch: LeaderEpoch
  package let now = StoreFixture.now

  /// A new store that this process leads, with the tenant `acme` and a policy revision.
  package init(_ factory: StoreFactory) throws {
    subject = try factory.make()
    store = subject.store
    epoch = try store.becomeLeader(processID: 1, at: now)
    try tenant("acme")
    try store.activate([StoreFixture.revision], for: TenantKey(1), at: now, epoch: epoch)
  }

  package var acme: TenantKey { TenantKey(1) }

  package static let revision = PolicyRevision(
    policy: "assigned", digest: digest, source: "return {}",
    parameters: [Parameter("max_wait", .integer(900))])

  // MARK: Rows

  @discardableResult
  package func tenant(_ id: String, policies: String = #"["assigned"]"#) throws -> TenantKey {
    TenantKey(
      try insert(
        "INSERT INTO tenants (external_id, name, policies, created_at) VALUES (?1, ?2, ?3, ?4)",
        [id, id, policies, now.milliseconds - 86_400_000]))
  }

  @discardableResult
  package func device(
    _ id: String, tenant: TenantKey = TenantKey(1), status: String = "online", minute: Int? = nil,
    hour: Int? = nil, day: Int? = nil, queue: Int? = nil, pace: Double = 0, pausedUntil: Instant? = nil,
    tags: String = "[]"
  ) throws -> DeviceKey {
    DeviceKey(
      try insert(
        """
        INSERT INTO user_devices (tenant_id, external_id, device_name, status, limit_minute, limit_hour, limit_day,
          limit_queue, pace_min_s, pace_max_s, paused_until, tags, created_at, activated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
        """,
        [
          tenant.raw, id, "Device \(id)", status, minute, hour, day, queue, pace, pace,
          pausedUntil?.milliseconds, tags, now.milliseconds - 1000,
        ]))
  }

  @discardableResult
  package func lead(
    _ id: String, tenant: TenantKey = TenantKey(1), phone: String? = nil, device: DeviceKey? = nil,
    triggers: [String] = [], tags: String = "[]", attributes: String = "{}", optedOut: Bool = false
  ) throws -> Int64 {
    let leads = try count("SELECT count(*) FROM leads")
    let number = phone ?? "+6012" + String(format: "%07d", leads + 1)
    let key = try insert(
      """
      INSERT INTO leads (tenant_id, external_id, phone, name, device_id, tags, attributes, opted_out_at, created_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """,
      [
        tenant.raw, id, number, "Lead \(id)", device?.raw, tags, attributes, optedOut ? Int64(1) : nil,
        now.milliseconds - 1000,
      ])
    for trigger in triggers {
      try insert(
        "INSERT INTO lead_triggers (tenant_id, lead_id, trigger, created_at) VALUES (?1, ?2, ?3, ?4)",
        [tenant.raw, key, trigger, now.milliseconds])
    }
    return key
  }

  /// A sequence with a step for each of `delays` (seconds), with the texts `Step 1`, `Step 2` and so on.
  @discardableResult
  package func sequence(
    _ id: String = "welcome", tenant: TenantKey = TenantKey(1), trigger: String? = "NEW",
    status: String = "active", delays: [Int64] = [0, 60]
  ) throws -> Int64 {
    let key = try insert(
      "INSERT INTO sequences (tenant_id, external_id, name, trigger, status, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [tenant.raw, id, id, trigger, status, now.milliseconds])
    for (index, delay) in delays.enumerated() {
      try insert(
        "INSERT INTO sequence_steps (sequence_id, ordinal, delay_ms, content) VALUES (?1, ?2, ?3, ?4)",
        [key, index + 1, delay * 1000, "Step \(index + 1)"])
    }
    return key
  }

  /// An enrolment of a new lead, due a minute ago by default.
  @discardableResult
  package func enrolment(
    _ lead: String, in sequence: Int64 = 1, tenant: TenantKey = TenantKey(1), device: DeviceKey? = nil,
    dueAt: Instant? = nil, tags: String = "[]", attributes: String = "{}", optedOut: Bool = false
  ) throws -> EnrolmentKey {
    let leadKey = try self.lead(lead, tenant: tenant, tags: tags, attributes: attributes, optedOut: optedOut)
    return try enrolment(ofLead: leadKey, in: sequence, tenant: tenant, device: device, dueAt: dueAt)
  }

  @discardableResult
  package func enrolment(
    ofLead lead: Int64, in sequence: Int64 = 1, tenant: TenantKey = TenantKey(1), device: DeviceKey? = nil,
    dueAt: Instant? = nil
  ) throws -> EnrolmentKey {
    let due = (dueAt ?? now.advanced(bySeconds: -60)).milliseconds
    let key = try insert(
      """
      INSERT INTO sequence_contacts (tenant_id, sequence_id, lead_id, external_id, contact_phone,
        assigned_device_id, status, due_at, next_at, enrolled_at)
      SELECT l.tenant_id, q.id, l.id, q.external_id || '/' || l.external_id, l.phone, ?1, 'scheduled', ?2, ?3, ?4
      FROM leads l, sequences q WHERE l.id = ?5 AND q.id = ?6
      """, [device?.raw, due, due, now.milliseconds - 60_000, lead, sequence])
    if let device {
      try insert(
        """
        INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, reason, actor, at)
        VALUES (?1, ?2, ?3, 'imported', 'import', ?4)
        """, [tenant.raw, key, device.raw, now.milliseconds - 60_000])
    }
    return EnrolmentKey(key)
  }

  // MARK: Steps of an enrolment

  /// Decides the due steps by queueing all of them on `device`.
  @discardableResult
  package func queueAll(
    on device: DeviceKey, moves: Bool = false, limit: Int = 1000, tenant: TenantKey = TenantKey(1),
    at moment: Instant? = nil
  ) throws -> DecisionCounts {
    try store.decide(tenant: tenant, limit: limit, at: moment ?? now, epoch: epoch) { due in
      .queue(
        StoreFixture.decision(.use(device: 0)), device: device, moves: moves,
        content: "Hi \(due.contact.name ?? "")")
    }
  }

  package static func decision(
    _ resolution: Resolution, reason: String = "because", fault: Fault? = nil, notes: [String] = [],
    capacityAt: Instant? = nil, revision: String = digest
  ) -> Decision {
    Decision(
      resolution: resolution, reason: reason, origin: DecisionOrigin(policy: "assigned", revision: revision), seed: 42,
      instructions: 7, remarks: DecisionRemarks(fault: fault, notes: notes), capacityAt: capacityAt)
  }

  package func claim(limit: Int = 1000, at moment: Instant? = nil, draw: Double = 0) throws -> [Message] {
    let moment = moment ?? now
    return try store.claim(
      limit: limit, at: moment, leaseUntil: moment.advanced(bySeconds: 60), epoch: epoch, draw: { _ in draw })
  }

  @discardableResult
  package func finish(_ messages: [Message], _ outcome: SendOutcome, at moment: Instant? = nil) throws -> SendCounts {
    try store.finish(
      messages.map { SendResult(message: $0, outcome: outcome) }, at: moment ?? now, epoch: epoch)
  }

  /// The key of a message of the first step to a contact `SEQUENCE/LEAD` of `acme`, computed like the store does.
  package func messageKey(_ contact: String, _ recipient: String, tryNumber: Int = 1) throws -> String {
    let names = contact.split(separator: "/").map(String.init)
    return try subject.read { db in try MessageKeys(reading: db) }.key(
      tenant: TenantID("acme")!, sequence: names[0], lead: names[1], step: 1, recipient: PhoneNumber(recipient)!,
      tryNumber: tryNumber)
  }

  // MARK: SQL

  /// Inserts a row and returns its key.
  @discardableResult
  package func insert(_ sql: String, _ arguments: SQLArguments = []) throws -> Int64 {
    try subject.write { db in try db.insert(sql, arguments) }
  }

  /// Runs one statement.
  package func execute(_ sql: String, _ arguments: SQLArguments = []) throws {
    _ = try subject.write { db in try db.change(sql, arguments) }
  }

  package func count(_ sql: String) throws -> Int { try subject.read { db in try db.value(sql) ?? 0 } }

  /// The first row's columns as text, `-` for NULL.
  package func row(_ sql: String) throws -> [String] { try rows(sql).first ?? [] }

  package func rows(_ sql: String) throws -> [[String]] { try subject.rows(sql) }

  /// All rows of all tables, to compare before and after a write.
  package func everything() throws -> [String: [[String]]] { try subject.everything() }
}

extension StoreUnderTest {
  /// Each row's columns as text, `-` for NULL.
  package func rows(_ sql: String) throws -> [[String]] {
    try read { db in
      try db.all(sql) { row in
        (0..<row.columns.columnCount).map { column in
          switch row.columns.value(column) {
          case .null: "-"
          case .integer(let number): String(number)
          case .number(let number): String(number)
          case .text(let text): text
          case .blob(let bytes): bytes.map { String($0, radix: 16) }.joined(separator: " ")
          }
        }
      }
    }
  }

  /// All rows of all tables except `others`, in the order of their columns.
  package func everything(except others: Set<String> = []) throws -> [String: [[String]]] {
    var all: [String: [[String]]] = [:]
    for table in try tables() where !others.contains(table) {
      all[table] = try rows("SELECT * FROM \"\(table)\"").sorted { $0.lexicographicallyPrecedes($1) }
    }
    return all
  }
}
