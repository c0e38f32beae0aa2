/// What a sender asks before each message: whether it may still be handed to a gateway.
package protocol SendingGate: Sendable {
  /// Looks at the holds in force. Throws when they cannot be read; then nothing may be sent.
  func refresh() throws -> [SendingHold]

  /// The hold that forbids a message. Nil admits it: it counts as being with its gateway until `finished`.
  func admit(_ message: Message) -> SendingHold?

  /// The gateway has answered for a message that was admitted.
  func finished(_ message: Message)

  /// Problems that do not stop sending and were not reported yet, each once until it is over or changes.
  func takeNotices() -> [String]
}

/// Where a process notes its cycles, for those who watch it from outside.
package protocol CycleRecorder: Sendable {
  func cycleBegan()
  /// Only after a cycle that did not fail.
  func cycleEnded()
}
