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
  /// The row in the store.
  package var key: MessageKey
  /// Whose message it is; holds go by it.
  package var tenant: TenantID
  /// The sending device's external id.
  package var device: DeviceID
  /// The same device by its row.
  package var deviceKey: DeviceKey
  /// The number that it is sent from; nil where the gateway needs none.
  package var devicePhone: PhoneNumber?
  /// The device's gateway by name: a key of the sender's list.
  package var gateway: String
  /// The number that it goes to.
  package var recipient: PhoneNumber
  /// The rendered text, exactly as it is sent.
  package var content: String
  /// The sequence's external id.
  package var sequence: String
  /// The number of the step that it carries, from 1.
  package var step: Int
  /// Who gets it, as commands name the contact.
  package var contact: ContactID
  /// The key by which a gateway recognises the message: 22 hexadecimal digits, or the earlier key of a message of 0.1.0.
  /// It stays until the message was certainly not sent or moves to another device.
  package var idempotencyKey: String

  /// `device` and `deviceKey` must name the same device.
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
