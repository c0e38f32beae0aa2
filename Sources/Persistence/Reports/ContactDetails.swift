import Routing

/// Everything on record about one contact.
package struct ContactDetails: Equatable, Sendable {
  package struct Message: Equatable, Sendable {
    package var step: Int
    package var device: DeviceID
    package var status: MessageStatus
    package var content: String
    package var error: String?
    package var createdAt: Instant
    package var sentAt: Instant?
    /// In order.
    package var attempts: [Attempt]
  }

  package struct Attempt: Equatable, Sendable {
    package var number: Int
    package var device: DeviceID
    package var startedAt: Instant
    package var finishedAt: Instant?
    /// `accepted`, `unknown`, `refused`, `device_fault` or `not_sent`; nil while it lasts.
    package var outcome: String?
    package var error: String?
  }

  package struct Decision: Equatable, Sendable {
    /// What it is called outside.
    package var number: Int64
    package var step: Int
    package var outcome: Outcome
    package var device: DeviceID?
    package var reason: String
    /// Nil where an operator decided.
    package var policy: String?
    package var until: Instant?
    package var at: Instant
  }

  package struct Assignment: Equatable, Sendable {
    package var device: DeviceID
    package var reason: String
    package var actor: String
    package var at: Instant
  }

  package var id: ContactID
  package var lead: String
  package var name: String?
  package var phone: String
  package var sequence: String
  package var status: EnrolmentStatus
  package var step: Int
  package var steps: Int
  package var assignedDevice: DeviceID?
  package var dueAt: Instant
  /// When it is looked at next; nil while a message carries the step, and at the end.
  package var nextAt: Instant?
  package var reason: String?
  package var enrolledAt: Instant
  package var endedAt: Instant?
  package var optedOutAt: Instant?
  /// By step.
  package var messages: [Message]
  /// Latest first, as many as were asked for.
  package var decisions: [Decision]
  /// Oldest first.
  package var assignments: [Assignment]
}
