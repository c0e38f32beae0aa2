import Routing

/// The messages queued on one device, oldest first.
struct MessageQueue {
  struct Message {
    let key: MessageKey
    /// The index of its enrolment in the tenant.
    let enrolment: Int
    let step: Int
    let createdAt: Instant
  }

  private var messages: [Message] = []
  private var head = 0
  /// The latest `createdAt` of any message. It is after now only in a store whose clock was set back.
  private var newest = Instant.earliest

  var count: Int { messages.count - head }

  mutating func add(_ message: Message) {
    messages.append(message)
    newest = max(newest, message.createdAt)
  }

  /// Removes and returns the oldest message created by `now`: a message from the future does not block those behind it.
  mutating func take(at now: Instant) -> Message? {
    guard count > 0 else { return nil }
    guard newest > now else { return takeFirst() }
    guard let index = messages[head...].firstIndex(where: { $0.createdAt <= now }) else { return nil }
    return messages.remove(at: index)
  }

  /// When one of them can be taken; nil for an empty queue.
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
