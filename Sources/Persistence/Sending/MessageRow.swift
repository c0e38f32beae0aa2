internal import GRDB
import Routing

/// A row of `broadcast_messages` with what a gateway needs to know.
struct MessageRow {
  let key: Int64
  let enrolment: Int64
  let isOptedOut: Bool
  private let row: Row

  /// What the initialiser reads, and the tables it comes from.
  static let selection = """
    SELECT m.id, m.sequence_contact_id, l.opted_out_at IS NOT NULL, t.external_id, d.external_id, d.id, d.phone,
      d.gateway, m.recipient_phone, m.content, q.external_id, s.ordinal, c.external_id, m.attempts
    FROM broadcast_messages m
    CROSS JOIN sequences q ON q.id = m.sequence_id
    CROSS JOIN sequence_contacts c ON c.id = m.sequence_contact_id
    CROSS JOIN leads l ON l.id = c.lead_id
    CROSS JOIN sequence_steps s ON s.id = m.sequence_step_id
    CROSS JOIN user_devices d ON d.id = m.device_id
    CROSS JOIN tenants t ON t.id = m.tenant_id
    """

  init(_ row: Row) {
    (key, enrolment, isOptedOut) = (row[0], row[1], row[2])
    self.row = row
  }

  var storedAttempts: Int { row[13] }

  /// The message as attempt `number` of it is handed to a gateway.
  func message(attempt number: Int) -> Message {
    let tenant = TenantID(stored: row[3])
    return Message(
      key: MessageKey(key), tenant: tenant, device: DeviceID(stored: row[4]), deviceKey: DeviceKey(row[5]),
      devicePhone: (row[6] as String?).map(PhoneNumber.init(stored:)), gateway: row[7],
      recipient: PhoneNumber(stored: row[8]), content: row[9], sequence: row[10], step: row[11],
      contact: ContactID(stored: row[12]), idempotencyKey: "\(tenant)-\(key)-\(number)")
  }
}
