import Routing

/// The messages that wait on one device, the oldest first.
struct MessageQueue {
  struct Message {
    let key: MessageKey
    /// The place of its enrolment in its tenant.
    let enrolment: Int
    let step: Int
    let createdAt: Instant
  }

  private var messages: [Message] = []
  private var head = 0
  /// The latest moment at which any of them was made: only a store whose clock was set back has later ones than now.
  private var newest = Instant.earliest

  var count: Int { messages.count - head }

  mutating func add(_ message: Message) {
    messages.append(message)
    newest = max(newest, message.createdAt)
  }

  /// Takes the oldest message out that is there at `now`: a message of the future does not hold up those behind it.
  mutating func take(at now: Instant) -> Message? {
    guard count > 0 else { return nil }
    guard newest > now else { return takeFirst() }
    guard let place = messages[head...].firstIndex(where: { $0.createdAt <= now }) else { return nil }
    return messages.remove(at: place)
  }

  /// From when on one of them may be taken; nil when there is none.
  func readyAt(now: Instant) -> Instant? {
    guard count > 0 else { return nil }
    return newest > now ? messages[head...].lazy.map(\.createdAt).min() : now
  }

  private mutating func takeFirst() -> Message {
    let first = messages[head]
    head += 1
    if head > 256, head * 2 > messages.count {
      messages.removeFirst(head)
      head = 0
    }
    return first
  }
}
