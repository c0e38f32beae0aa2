internal import GRDB
import Routing

/// What operators' commands share: who, when, and how things are found and put on record.
struct OperatorCommand {
  let db: Database
  let tenant: Int64
  let actor: Actor
  let reason: String?
  let now: Instant

  init(_ db: Database, tenant: TenantID, actor: Actor, reason: String?, at now: Instant) throws {
    let key = try Int64.fetchOne(
      db, sql: "SELECT id FROM tenants WHERE external_id = ?", arguments: [tenant.text])
    guard let key else { throw OperatorError.unknown(what: "tenant", id: tenant.text) }
    (self.db, self.tenant, self.actor, self.reason, self.now) = (db, key, actor, reason, now)
  }

  /// A device as a command finds it.
  struct FoundDevice {
    let key: Int64
    let id: String
    let status: String
    let pausedUntil: Int64?
  }

  /// An enrolment as a command finds it.
  struct FoundContact {
    let key: Int64
    let id: String
    let status: EnrolmentStatus
    let assignedDevice: Int64?
    let lead: Int64
  }

  func device(_ id: DeviceID) throws -> FoundDevice {
    let row = try Row.fetchOne(
      db, sql: "SELECT id, status, paused_until FROM user_devices WHERE tenant_id = ? AND external_id = ?",
      arguments: [tenant, id.text])
    guard let row else { throw OperatorError.unknown(what: "device", id: id.text) }
    return FoundDevice(key: row[0], id: id.text, status: row[1], pausedUntil: row[2])
  }

  /// A device that is still in service.
  func deviceInService(_ id: DeviceID) throws -> FoundDevice {
    let device = try device(id)
    guard device.status != "retired" else {
      throw OperatorError.refused(
        "expected a device in service, found that '\(id)' is retired: name another one")
    }
    return device
  }

  func contact(_ id: ContactID) throws -> FoundContact {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT id, status, assigned_device_id, lead_id FROM sequence_contacts
        WHERE tenant_id = ? AND external_id = ?
        """, arguments: [tenant, id.text])
    guard let row, let status = EnrolmentStatus(rawValue: row[1]) else {
      throw OperatorError.unknown(what: "contact", id: id.text)
    }
    return FoundContact(key: row[0], id: id.text, status: status, assignedDevice: row[2], lead: row[3])
  }

  /// A line of a device's history, which speaks for the audit too: `what`, and the reason behind a colon.
  func recordEvent(_ kind: String, _ what: String?, on device: FoundDevice) throws {
    let detail = [what, reason].compactMap { $0 }.joined(separator: ": ")
    try DeviceEventEntry(
      tenant: tenant, device: device.key, kind: kind, detail: detail.isEmpty ? nil : detail, actor: actor, at: now
    ).record(in: db)
  }

  func recordAudit(_ action: String, _ subject: String, _ detail: String?) throws {
    try AuditEntry(
      tenant: tenant, actor: actor, action: action, subject: subject, detail: detail, reason: reason, at: now
    ).record(in: db)
  }
}
