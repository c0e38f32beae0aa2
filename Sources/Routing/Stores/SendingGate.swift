/// Checks before each message whether it may still be handed to a gateway.
package protocol SendingGate: Sendable {
  /// Reads the holds in force. Throws if they cannot be read; then nothing may be sent.
  func refresh() throws -> [SendingHold]

  /// Why this process has lost the right to run on the store; nil while it has it. Without the right it must hand over no
  /// more messages and must stop. Costs one check of a file.
  func lockProblem() -> String?

  /// The hold that forbids a message. With nil the message is admitted, and counts as being with its gateway until
  /// `finished`.
  func admit(_ message: Message) -> SendingHold?

  /// Records that the gateway has answered for an admitted message.
  func finished(_ message: Message)

  /// Who ended a hold that is no longer in force, and why; nil if that was not recorded.
  func release(of hold: SendingHold) -> HoldRelease?

  /// New problems that do not stop sending. Each is reported once, until it ends or changes.
  func takeNotices() -> [String]
}

/// Who ended a hold, and why.
package struct HoldRelease: Equatable, Sendable {
  /// A person's name, as in the audit.
  package var by: String
  /// That person's reason.
  package var reason: String

  /// Both come from the audit.
  package init(by: String, reason: String) { (self.by, self.reason) = (by, reason) }
}

/// Records a process's cycles for monitoring from outside.
package protocol CycleRecorder: Sendable {
  func cycleBegan()
  /// Called only after a cycle that succeeded.
  func cycleEnded()
}
