/// What is written for a due step.
package enum StepCommit: Equatable, Sendable {
  /// Queues a message on a device; with `moves`, also assigns the contact to it.
  case queue(Decision, device: DeviceKey, moves: Bool, content: String)
  /// Decides the step again at that time.
  case wait(Decision, until: Instant)
  /// Skips the step and schedules the next one.
  case skip(Decision)
  /// Ends the enrolment without a decision.
  case cancel(reason: String, code: ReasonCode)
}

extension StepCommit {
  /// The decision to be written; nil if none was made.
  package var decision: Decision? {
    switch self {
    case .queue(let decision, _, _, _), .wait(let decision, _), .skip(let decision): decision
    case .cancel: nil
    }
  }
}
