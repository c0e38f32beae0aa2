/// The states of a row of `broadcast_messages`. A closed set, which the schema enforces too (I-42).
package enum MessageStatus: String, CaseIterable, Sendable {
  /// Queued on its device.
  case pending
  /// Leased by a sender, between the claim and the gateway's answer.
  case sending
  /// Accepted by the gateway.
  case sent
  case delivered, read
  /// Permanently refused because of the recipient or the content.
  case failed
  /// The gateway may or may not have received it; never sent again automatically.
  case unknown
  case expired, cancelled

  /// Whether the message was sent, so that the enrolment has advanced.
  package var hasLeft: Bool { self == .sent || self == .delivered || self == .read }
}

/// A message with a fixed device, ready to be sent through a gateway.
package struct Message: Equatable, Sendable {
  /// The row in the store.
  package var key: MessageKey
  /// The message's tenant; a hold of one tenant applies to it.
  package var tenant: TenantID
  /// The sending device's external id.
  package var device: DeviceID
  /// The row key of the same device.
  package var deviceKey: DeviceKey
  /// The number that it is sent from; nil if the gateway needs none.
  package var devicePhone: PhoneNumber?
  /// The name of the device's gateway: a key of the sender's list.
  package var gateway: String
  /// The number that it is sent to.
  package var recipient: PhoneNumber
  /// The rendered text, exactly as sent.
  package var content: String
  /// The sequence's external id.
  package var sequence: String
  /// The number of its step, from 1.
  package var step: Int
  /// The recipient's contact id, as in commands.
  package var contact: ContactID
  /// The key by which a gateway recognises a message that is sent twice: 22 hexadecimal digits, or the older form for
  /// messages created by 0.1.0. It changes only when the message was certainly not sent, or moves to another device.
  package var idempotencyKey: String
  /// Its place in the device's queue: more urgent messages are sent first.
  package var priority: Priority

  /// `device` and `deviceKey` must refer to the same device.
  package init(
    key: MessageKey, tenant: TenantID, device: DeviceID, deviceKey: DeviceKey, devicePhone: PhoneNumber? = nil,
    gateway: String, recipient: PhoneNumber, content: String, sequence: String, step: Int, contact: ContactID,
    idempotencyKey: String, priority: Priority = .normal
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
    self.priority = priority
  }
}

/// The result of one send attempt.
package enum SendOutcome: Equatable, Sendable {
  /// The gateway accepted it; `gatewayID` is the gateway's own id for it.
  case accepted(gatewayID: String?)
  /// It may or may not have been sent.
  case unknown(reason: String)
  /// The recipient or the content can never be sent.
  case refused(reason: String)
  /// The device cannot send now: the message returns to `pending` and the device is paused.
  case deviceFault(reason: String, pauseSeconds: Int64)
  /// Certainly not sent, with neither message nor device at fault; the message returns to `pending`.
  case notSent(reason: String)
}
