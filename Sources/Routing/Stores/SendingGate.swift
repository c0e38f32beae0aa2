/// What a sender asks before each message: whether it may still be handed to a gateway.
package protocol SendingGate: Sendable {
  /// Looks at the holds in force. Throws when they cannot be read; then nothing may be sent.
  func refresh() throws -> [SendingHold]

  /// Why this process has lost the right to run on the store; nil while it has it. Then nothing more may be handed over,
  /// and the process must stop. Costs one look at a file.
  func lockProblem() -> String?

  /// The hold that forbids a message. Nil admits it: it counts as being with its gateway until `finished`.
  func admit(_ message: Message) -> SendingHold?

  /// The gateway has answered for a message that was admitted.
  func finished(_ message: Message)

  /// Who ended a hold that is no longer in force, and why; nil where that is not on record.
  func release(of hold: SendingHold) -> HoldRelease?

  /// Problems that do not stop sending and were not reported yet, each once until it is over or changes.
  func takeNotices() -> [String]
}

/// Who ended a hold, and why.
package struct HoldRelease: Equatable, Sendable {
  /// A person, as the audit names them.
  package var by: String
  /// In that person's words.
  package var reason: String

  /// Both come from the audit.
  package init(by: String, reason: String) { (self.by, self.reason) = (by, reason) }
}

/// Where a process notes its cycles, for those who watch it from outside.
package protocol CycleRecorder: Sendable {
  func cycleBegan()
  /// Only after a cycle that did not fail.
  func cycleEnded()
}
