import Routing

/// The messages queued on one device: urgent before normal before bulk, each oldest first.
struct MessageQueue {
  struct Message {
    let key: MessageKey
    /// The index of its enrolment in the tenant.
    let enrolment: Int
    let step: Int
    let createdAt: Instant
    let priority: Priority
  }

  /// One part for each priority, most urgent first.
  private var parts = [QueuePart](repeating: QueuePart(), count: Priority.allCases.count)

  var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// Whether it has messages, and all of them are bulk.
  var hasOnlyBulk: Bool {
    parts[Priority.bulk.rawValue].count > 0 && parts.dropLast().allSatisfy { $0.count == 0 }
  }

  mutating func add(_ message: Message) { parts[message.priority.rawValue].add(message) }

  /// Removes and returns the first message created by `now`: a message from the future does not block those behind it.
  /// Leaves bulk messages in the queue unless `withBulk` is set.
  mutating func take(at now: Instant, withBulk: Bool = true) -> Message? {
    for part in parts.indices where withBulk || part != Priority.bulk.rawValue {
      if let message = parts[part].take(at: now) { return message }
    }
    return nil
  }

  /// When one of them can be taken; nil for an empty queue.
  func readyAt(now: Instant) -> Instant? { parts.compactMap { $0.readyAt(now: now) }.min() }
}

/// The messages of one priority, oldest first.
private struct QueuePart {
  private var messages: [MessageQueue.Message] = []
  private var head = 0
  /// The latest `createdAt` of any message. It is after now only in a store whose clock was set back.
  private var newest = Instant.earliest

  var count: Int { messages.count - head }

  mutating func add(_ message: MessageQueue.Message) {
    messages.append(message)
    newest = max(newest, message.createdAt)
  }

  mutating func take(at now: Instant) -> MessageQueue.Message? {
    guard count > 0 else { return nil }
    guard newest > now else { return takeFirst() }
    guard let index = messages[head...].firstIndex(where: { $0.createdAt <= now }) else { return nil }
    return messages.remove(at: index)
  }

  func readyAt(now: Instant) -> Instant? {
    guard count > 0 else { return nil }
    return newest > now ? messages[head...].lazy.map(\.createdAt).min() : now
  }

  private mutating func takeFirst() -> MessageQueue.Message {
    let first = messages[head]
    head += 1
    if head > 256, head * 2 > messages.count {
      messages.removeFirst(head)
      head = 0
    }
    return first
  }
}
