import Routing

/// Shared parts of operators' commands: actor, time, lookups and records.
struct OperatorCommand {
  let db: any SQLConnection
  let tenant: Int64
  let actor: Actor
  let reason: String?
  let now: Instant

  init(_ db: any SQLConnection, tenant: TenantID, actor: Actor, reason: String?, at now: Instant) throws {
    let key = try TenantRow.expectKey(of: tenant, in: db)
    (self.db, self.tenant, self.actor, self.reason, self.now) = (db, key, actor, reason, now)
  }

  /// The columns of a device that commands need.
  struct FoundDevice {
    let key: Int64
    let id: String
    let status: String
    let pausedUntil: Int64?
  }

  /// The columns of an enrolment that commands need.
  struct FoundContact {
    let key: Int64
    let id: String
    let status: EnrolmentStatus
    let assignedDevice: Int64?
    let lead: Int64
  }

  func device(_ id: DeviceID) throws -> FoundDevice {
    let sql = "SELECT id, status, paused_until FROM user_devices WHERE tenant_id = ?1 AND external_id = ?2"
    let device = try db.first(sql, [tenant, id.text]) { row in
      FoundDevice(key: row["id"], id: id.text, status: row["status"], pausedUntil: row["paused_until"])
    }
    guard let device else { throw OperatorError.unknown(.device, id: id.text) }
    return device
  }

  /// A device that is not retired.
  func deviceInService(_ id: DeviceID) throws -> FoundDevice {
    let device = try device(id)
    guard device.status != "retired" else {
      throw OperatorError.refused(
        "expected a device in service, found that '\(id)' is retired: name another one")
    }
    return device
  }

  func contact(_ id: ContactID) throws -> FoundContact {
    let sql = """
      SELECT id, status, assigned_device_id, lead_id FROM sequence_contacts
      WHERE tenant_id = ?1 AND external_id = ?2
      """
    let found = try db.first(sql, [tenant, id.text]) { row in
      (
        key: row["id"] as Int64, status: EnrolmentStatus(rawValue: row["status"]),
        device: row["assigned_device_id"] as Int64?, lead: row["lead_id"] as Int64
      )
    }
    guard let found, let status = found.status else { throw OperatorError.unknown(.contact, id: id.text) }
    return FoundContact(key: found.key, id: id.text, status: status, assignedDevice: found.device, lead: found.lead)
  }

  /// Adds a line to a device's history, which also serves as the audit: `what`, then a colon and the reason.
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
