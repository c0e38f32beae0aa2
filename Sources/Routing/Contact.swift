/// An enrolment as a policy sees it, with its lead and the step that is due.
package struct Contact: Equatable, Sendable {
  package var key: EnrolmentKey
  package var id: ContactID
  package var phone: String?
  package var name: String?
  /// The sequence's id.
  package var sequence: String
  /// The step's place in the sequence, from 1.
  package var step: Int
  package var assignedDevice: DeviceID?
  /// When the step became due.
  package var dueAt: Instant?
  /// How often this step was decided before without a message.
  package var attempts: Int
  /// The device that sent the enrolment's last message.
  package var lastDevice: DeviceID?
  package var tags: [String]
  /// In the order given; names are unique.
  package var attributes: [Parameter]

  package init(
    key: EnrolmentKey = EnrolmentKey(0), id: ContactID, phone: String? = nil, name: String? = nil,
    sequence: String = "", step: Int = 1, assignedDevice: DeviceID? = nil, dueAt: Instant? = nil,
    attempts: Int = 0, lastDevice: DeviceID? = nil, tags: [String] = [], attributes: [Parameter] = []
  ) {
    self.key = key
    self.id = id
    self.phone = phone
    self.name = name
    self.sequence = sequence
    self.step = step
    self.assignedDevice = assignedDevice
    self.dueAt = dueAt
    self.attempts = attempts
    self.lastDevice = lastDevice
    self.tags = tags
    self.attributes = attributes
  }
}

/// A lead that a trigger is about to enrol, as the `enroll` hook sees it.
package struct Lead: Equatable, Sendable {
  package var id: String
  package var phone: String?
  package var name: String?
  /// The sequence that its trigger matches.
  package var sequence: String
  package var trigger: String
  /// The device that the lead belongs to.
  package var device: DeviceID?
  package var tags: [String]
  package var attributes: [Parameter]

  package init(
    id: String, phone: String? = nil, name: String? = nil, sequence: String = "", trigger: String = "",
    device: DeviceID? = nil, tags: [String] = [], attributes: [Parameter] = []
  ) {
    self.id = id
    self.phone = phone
    self.name = name
    self.sequence = sequence
    self.trigger = trigger
    self.device = device
    self.tags = tags
    self.attributes = attributes
  }
}
