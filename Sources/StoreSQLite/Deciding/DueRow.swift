import Routing
import StoreSQL

/// A due row of `sequence_contacts`, with the keys needed to write its changes.
struct DueRow {
  let enrolment: Int64
  let sequence: Int64
  let assignedDevice: Int64?
  let lastDevice: Int64?
  let lastDecision: Int64?
  let place: StepPlace
  var content: Content

  enum Content {
    case due(DueStep)
    /// The row cannot be decoded, for this reason.
    case unreadable(UnreadableRow)
    /// The step already has a message, so the enrolment's state is wrong.
    case carried(by: CarryingMessage)
  }
}

/// A step shared by the rows of one sequence: an object, so that a row holds one reference to all of it.
final class StepPlace {
  let step: Int64
  let ordinal: Int
  let content: String
  /// Nil at the last step.
  let nextDelayMilliseconds: Int64?
  let priority: Priority

  init(step: Int64, ordinal: Int, content: String, nextDelayMilliseconds: Int64?, priority: Priority) {
    self.step = step
    self.ordinal = ordinal
    self.content = content
    self.nextDelayMilliseconds = nextDelayMilliseconds
    self.priority = priority
  }
}

/// The message of an enrolment's step.
struct CarryingMessage {
  let status: MessageStatus
  let sentAt: Instant?
  let error: String?
}
