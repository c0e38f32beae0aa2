/// The states of a row of `broadcast_messages`. A closed set, checked by the schema too (I-42).
package enum MessageStatus: String, CaseIterable, Sendable {
  /// Waits on its device.
  case pending
  /// Leased by a sender, between the claim and the gateway's answer.
  case sending
  /// Accepted by the gateway.
  case sent
  case delivered, read
  /// The recipient or the content was refused for good.
  case failed
  /// The gateway may or may not have it: never sent again by itself.
  case unknown
  case expired, cancelled

  /// Whether the message has left, so that the enrolment moved on.
  package var hasLeft: Bool { self == .sent || self == .delivered || self == .read }
}

/// A message whose device is settled and which a gateway is asked to send.
package struct Message: Equatable, Sendable {
  package var key: MessageKey
  package var tenant: TenantID
  package var device: DeviceID
  package var deviceKey: DeviceKey
  package var devicePhone: PhoneNumber?
  package var gateway: String
  package var recipient: PhoneNumber
  package var content: String
  package var sequence: String
  package var step: Int
  package var contact: ContactID
  /// The key by which a gateway recognises the message: 22 hexadecimal digits, or the earlier key of a message of 0.1.0.
  /// It stays until the message was certainly not sent or moves to another device.
  package var idempotencyKey: String

  package init(
    key: MessageKey, tenant: TenantID, device: DeviceID, deviceKey: DeviceKey, devicePhone: PhoneNumber? = nil,
    gateway: String, recipient: PhoneNumber, content: String, sequence: String, step: Int, contact: ContactID,
    idempotencyKey: String
  ) {
    self.key = key
    self.tenant = tenant
    self.device = device
    self.deviceKey = deviceKey
    self.devicePhone = devicePhone
    self.gateway = gateway
    self.recipient = recipient
    self.content = content
    self.sequence = sequence
    self.step = step
    self.contact = contact
    self.idempotencyKey = idempotencyKey
  }
}

/// What came of one attempt at a gateway.
package enum SendOutcome: Equatable, Sendable {
  /// The gateway has it; `gatewayID` is what the gateway calls it.
  case accepted(gatewayID: String?)
  /// It may or may not have been sent.
  case unknown(reason: String)
  /// The recipient or the content can never be sent.
  case refused(reason: String)
  /// The device cannot send now: the message goes back to `pending` and the device pauses.
  case deviceFault(reason: String, pauseSeconds: Int64)
  /// Certainly not sent; nobody is to blame; goes back to `pending`.
  case notSent(reason: String)
}
