import Routing

/// A row of `broadcast_messages` with everything a gateway needs.
package struct MessageRow {
  /// The message's key.
  package let key: Int64
  /// The enrolment's key.
  package let enrolment: Int64
  /// Whether the lead has opted out since the message was queued.
  package let isOptedOut: Bool
  /// Its place in the queue: by priority, then by key.
  package let priority: Priority
  private let tenant: TenantID
  private let device: DeviceID
  private let deviceKey: DeviceKey
  private let devicePhone: PhoneNumber?
  private let gateway: String
  private let recipient: PhoneNumber
  private let content: String
  private let sequence: String
  private let step: Int
  private let contact: ContactID
  private let lead: String
  private let tryNumber: Int

  /// The columns that the initialiser reads, and their tables.
  package static let selection = """
    SELECT m.id, m.sequence_contact_id, CASE WHEN l.opted_out_at IS NULL THEN 0 ELSE 1 END AS is_opted_out,
      t.external_id AS tenant,
      d.external_id AS device, d.id AS device_key, d.phone, d.gateway, m.recipient_phone, m.content,
      q.external_id AS sequence, s.ordinal AS step, c.external_id AS contact, l.external_id AS lead, m.try, m.priority
    FROM broadcast_messages m
    CROSS JOIN sequences q ON q.id = m.sequence_id
    CROSS JOIN sequence_contacts c ON c.id = m.sequence_contact_id
    CROSS JOIN leads l ON l.id = c.lead_id
    CROSS JOIN sequence_steps s ON s.id = m.sequence_step_id
    CROSS JOIN user_devices d ON d.id = m.device_id
    CROSS JOIN tenants t ON t.id = m.tenant_id
    """

  /// `row` must come from `selection`.
  package init(_ row: SQLRow) {
    (key, enrolment, isOptedOut) = (row["id"], row["sequence_contact_id"], row["is_opted_out"])
    (tenant, device) = (TenantID(stored: row["tenant"]), DeviceID(stored: row["device"]))
    deviceKey = DeviceKey(row["device_key"])
    devicePhone = (row["phone"] as String?).map(PhoneNumber.init(stored:))
    gateway = row["gateway"]
    recipient = PhoneNumber(stored: row["recipient_phone"])
    (content, sequence, step) = (row["content"], row["sequence"], row["step"])
    contact = ContactID(stored: row["contact"])
    lead = row["lead"]
    tryNumber = row["try"]
    priority = Priority(stored: row["priority"])
  }

  /// The message for a gateway, with its key. A message that a gateway may have received before the store was upgraded
  /// from version 8 or earlier keeps its old key.
  package func message(keys: MessageKeys) -> Message {
    let key =
      tryNumber < 0
      ? "\(tenant)-\(self.key)-\(-tryNumber)"
      : keys.key(
        tenant: tenant, sequence: sequence, lead: lead, step: step, recipient: recipient, tryNumber: tryNumber)
    return Message(
      key: MessageKey(self.key), tenant: tenant, device: device, deviceKey: deviceKey, devicePhone: devicePhone,
      gateway: gateway, recipient: recipient, content: content, sequence: sequence, step: step, contact: contact,
      idempotencyKey: key, priority: priority)
  }
}
