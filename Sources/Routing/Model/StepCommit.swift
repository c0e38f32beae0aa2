/// What becomes of a due step.
package enum StepCommit: Equatable, Sendable {
  /// A message on a device; with `moves`, the assignment follows.
  case queue(Decision, device: DeviceKey, moves: Bool, content: String)
  /// Nothing until then.
  case wait(Decision, until: Instant)
  /// The step is left out and its successor is scheduled.
  case skip(Decision)
  /// The enrolment ends here, undecided.
  case cancel(reason: String)
}

extension StepCommit {
  /// The decision that it carries out; nil for a contact that was not decided.
  package var decision: Decision? {
    switch self {
    case .queue(let decision, _, _, _), .wait(let decision, _), .skip(let decision): decision
    case .cancel: nil
    }
  }
}
