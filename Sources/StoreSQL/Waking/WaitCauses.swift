import Routing

/// Ends waits whose cause a change of rows has removed: makes them due at once, in the transaction of the change. A contact
/// whose step is due later, which an import can bring, waits until then (I-24).
enum WaitCauses {
  /// A lead's row changed: its contacts decide on other values. Also its triggers that wait. Costs two look-ups.
  static func changed(lead: Int64, at now: Int64, _ change: (String, SQLArguments) throws -> Void) throws {
    try change(
      "UPDATE sequence_contacts SET next_at = due_at WHERE lead_id = ?1 AND status = 'waiting' AND next_at > due_at",
      [lead])
    try change(
      "UPDATE lead_triggers SET next_at = ?2 WHERE lead_id = ?1 AND consumed_at IS NULL AND next_at > ?2", [lead, now])
  }

  /// A contact's row changed, or an operator wakes it: it is due as if it had not waited. That time is never after now,
  /// whatever the clock of the command says. Its faults in a row end too, so that a further fault does not set it aside for
  /// longer than before. Returns whether it was waiting.
  @discardableResult
  static func wake(contact: Int64, in db: any SQLConnection) throws -> Bool {
    try db.change(
      """
      UPDATE sequence_contacts SET faults = 0, next_at = due_at
      WHERE id = ?1 AND status = 'waiting' AND (next_at > due_at OR faults > 0)
      """, [contact]) == 1
  }

  /// A pass reaches the contact. `ahead`: by how many milliseconds it comes before contacts that become due at `now`. One
  /// that is due already keeps its time.
  static func wake(contact: Int64, at now: Instant, ahead: Int, in db: any SQLConnection) throws {
    try db.change(
      """
      UPDATE sequence_contacts SET faults = 0,
        next_at = CASE WHEN next_at <= ?2 THEN next_at WHEN due_at > ?3 THEN due_at ELSE ?3 END
      WHERE id = ?1 AND status = 'waiting' AND ((next_at > ?2 AND next_at > due_at) OR faults > 0)
      """, [contact, now.milliseconds, now.milliseconds - Int64(ahead)])
  }
}

/// What the lines of an import changed for all waits of a tenant; applied once at the end of the file.
///
/// A tenant without waiting contacts and triggers before the first of these lines is left out: waits that the file brings are
/// not affected.
struct ImportedCauses {
  /// Keys of devices by their tenant's key.
  private var devices: [Int64: Set<Int64>] = [:]
  /// Keys of tenants of which every wait is decided again.
  private var tenants: Set<Int64> = []
  /// Whether a tenant had waiting contacts or triggers when its first cause was found.
  private var hadWaits: [Int64: Bool] = [:]

  /// A device of the tenant is new or changed. Costs a look-up for the first cause of a tenant.
  mutating func add(device: Int64, of tenant: Int64, in db: any SQLConnection) throws {
    if try isAffected(tenant, db) { devices[tenant, default: []].insert(device) }
  }

  /// Capacity of all devices of the tenant changed.
  mutating func add(devicesOf tenant: Int64, in db: any SQLConnection) throws {
    if try isAffected(tenant, db) { devices[tenant, default: []].formUnion([]) }
  }

  /// Something changed that every decision of the tenant can depend on.
  mutating func add(tenant: Int64, in db: any SQLConnection) throws {
    if try isAffected(tenant, db) { tenants.insert(tenant) }
  }

  private mutating func isAffected(_ tenant: Int64, _ db: any SQLConnection) throws -> Bool {
    if let known = hadWaits[tenant] { return known }
    let contacts = """
      SELECT 1 FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND status = 'waiting' LIMIT 1
      """
    let triggers = """
      SELECT 1 FROM lead_triggers INDEXED BY lead_triggers_waiting
      WHERE tenant_id = ?1 AND consumed_at IS NULL AND next_at IS NOT NULL LIMIT 1
      """
    let had = try [contacts, triggers].contains { try db.value($0, [tenant], as: Int64.self) != nil }
    hadWaits[tenant] = had
    return had
  }

  /// Begins a wake for each tenant, in the order of the keys.
  func apply(to db: any SQLConnection, at now: Instant) throws {
    for tenant in Set(devices.keys).union(tenants).sorted() {
      let wakes = Wakes(db, of: tenant)
      if tenants.contains(tenant) {
        try wakes.begin(at: now)
      } else {
        try wakes.begin(afterChangeOf: devices[tenant] ?? [], at: now)
      }
    }
  }
}

extension DeviceColumn {
  /// The columns that can end a wait.
  static let ending: [DeviceColumn] = [
    .status, .gateway, .platform, .limitMinute, .limitHour, .limitDay, .limitQueue, .paceMin, .paceMax, .tags,
    .attributes, .pausedUntil,
  ]
}

extension LeadColumn {
  /// The columns that can end a wait.
  static let ending: [LeadColumn] = [.phone, .name, .device, .tags, .attributes, .optedOutAt, .timeZone]
}

extension EnrolmentColumn {
  /// The columns that can end a wait.
  static let ending: [EnrolmentColumn] = [.phone, .assignedDevice, .lastDevice, .attempts, .moves]
}

extension Draft {
  /// Whether the line changes one of these columns of a stored row.
  func changesAny(of columns: [Column]) -> Bool { !isNew && columns.contains { differs($0) } }
}
