import Routing
import StoreSQL

/// A due row of `sequence_contacts`, with the keys that its successor is written by.
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
    /// The row cannot be decoded; why.
    case unreadable(UnreadableRow)
    /// A message carries this step already, so the enrolment is not what it should be.
    case carried(by: CarryingMessage)
  }
}

/// A step as the rows of one sequence share it: an object, so that a row holds one reference to all of it.
final class StepPlace {
  let step: Int64
  let ordinal: Int
  let content: String
  /// Nil at the last step.
  let nextDelayMilliseconds: Int64?

  init(step: Int64, ordinal: Int, content: String, nextDelayMilliseconds: Int64?) {
    self.step = step
    self.ordinal = ordinal
    self.content = content
    self.nextDelayMilliseconds = nextDelayMilliseconds
  }
}

/// The message that carries an enrolment's step.
struct CarryingMessage {
  let status: MessageStatus
  let sentAt: Instant?
  let error: String?
}
