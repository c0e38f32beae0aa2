import Routing

/// Messages that leave, as `ClaimBatch` and `ResultBatch` treat them. A gateway takes each at once, so nothing is ever in
/// flight between two moments, and which device goes first changes nothing.
extension SimulatedStore {
  /// When a device could send next; nil when none is known to.
  func nextSendAt() -> Instant? {
    while let first = wakes.first {
      if devices[first.place].wakesAt == first.at { return first.at }
      _ = wakes.removeFirst()
    }
    return nil
  }

  /// Sends what may leave at this moment.
  func send(at now: Instant, seed: UInt64) {
    while let at = nextSendAt(), at <= now {
      let place = wakes.removeFirst().place
      devices[place].wakesAt = nil
      sendAll(from: place, at: now, seed: seed)
      wake(place, from: now.advanced(byMilliseconds: 1))
    }
  }

  private func sendAll(from place: Int, at now: Instant, seed: UInt64) {
    let tenant = devices[place].tenant
    while true {
      let allowance = devices[place].allowance(at: now)
      var claimed: [MessageQueue.Message] = []
      while claimed.count < allowance, let message = devices[place].queue.take(at: now) {
        guard !images[tenant].enrolments[message.enrolment].lead.isOptedOut else {
          cancel(message, tenant, at: now)
          continue
        }
        devices[place].keepPace(after: message.key, at: now, seed: seed)
        claimed.append(message)
      }
      if claimed.isEmpty { return }
      for message in claimed { finish(message, tenant: tenant, device: place, at: now) }
    }
  }

  private func cancel(_ message: MessageQueue.Message, _ tenant: Int, at now: Instant) {
    tally.messagesCancelled += 1
    messages[tenant].end(to: images[tenant].enrolments[message.enrolment].lead.key, at: nil)
    note(.cancelled, of: message, tenant, at: now)
    if images[tenant].enrolments[message.enrolment].status.isOpen { set(.cancelled, message.enrolment, tenant) }
  }

  /// A gateway accepted it.
  func finish(_ message: MessageQueue.Message, tenant: Int, device: Int, at now: Instant) {
    let enrolment = images[tenant].enrolments[message.enrolment]
    devices[device].send(at: now)
    messages[tenant].end(to: enrolment.lead.key, at: now)
    tally.noteSent()
    note(.sent, of: message, tenant, at: now)
    observe?(
      .sent(
        tenant: images[tenant].tenant.id, message: message.key, device: devices[device].device.id,
        contact: enrolment.id, step: message.step, at: now))
    images[tenant].enrolments[message.enrolment].lastDevice = device - firstDevice[tenant]
    guard enrolment.status == .queued, enrolment.step == message.step else { return }
    advance(message.enrolment, tenant, doneAt: now)
  }

  /// For an enrolment that comes to a step whose message was there before it.
  private func note(_ status: MessageStatus, of message: MessageQueue.Message, _ tenant: Int, at now: Instant) {
    if images[tenant].carried.isEmpty { return }
    let step = CarriedStep(enrolment: images[tenant].enrolments[message.enrolment].key, step: message.step)
    images[tenant].carried[step] = CarriedMessage(status: status, sentAt: status == .sent ? now : nil)
  }
}
