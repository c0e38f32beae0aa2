import Routing

/// Sends messages like `ClaimBatch` and `ResultBatch`. A gateway accepts each message immediately, so that nothing is in
/// flight between two points in time and the order of devices has no effect.
extension SimulatedStore {
  /// When a device can send next; nil if none can.
  func nextSendAt() -> Instant? {
    while let first = wakes.first {
      if devices[first.index].wakesAt == first.at { return first.at }
      _ = wakes.removeFirst()
    }
    return nil
  }

  /// Sends everything that may be sent at this time.
  func send(at now: Instant, seed: UInt64) {
    while let at = nextSendAt(), at <= now {
      let index = wakes.removeFirst().index
      devices[index].wakesAt = nil
      sendAll(from: index, at: now, seed: seed)
      wake(index, from: now.advanced(byMilliseconds: 1))
    }
  }

  private func sendAll(from index: Int, at now: Instant, seed: UInt64) {
    let tenant = devices[index].tenant
    while true {
      let share = states[tenant].tenant.bulkShare
      let (allowance, bulk) = devices[index].allowances(at: now, bulkShare: share)
      var bulkLeft = bulk
      var claimed: [MessageQueue.Message] = []
      while claimed.count < allowance, let message = devices[index].queue.take(at: now, withBulk: bulkLeft > 0) {
        let changes = ClaimTransition.claim(
          leadOptedOut: states[tenant].enrolments[message.enrolment].lead.isOptedOut, on: devices[index].device,
          draw: { SeededRandom.pause(after: message.key, seed: seed) }, now: now)
        switch changes {
        case .lease(let nextSendAt):
          if let nextSendAt { devices[index].pace(until: nextSendAt) }
          claimed.append(message)
          if message.priority == .bulk { bulkLeft -= 1 }
        case .cancel(let change, let enrolment): cancel(message, change, enrolment, tenant)
        }
      }
      if claimed.isEmpty { return }
      for message in claimed { finish(message, tenant: tenant, device: index, at: now) }
    }
  }

  private func cancel(
    _ message: MessageQueue.Message, _ change: MessageChange, _ enrolment: EnrolmentChange, _ tenant: Int
  ) {
    tally.messagesCancelled += 1
    messages[tenant].end(to: states[tenant].enrolments[message.enrolment].lead.key, at: change.sentAt)
    note(change, of: message, tenant)
    if states[tenant].enrolments[message.enrolment].status.isOpen { apply(enrolment, message.enrolment, tenant) }
  }

  /// Records that a gateway accepted a message.
  func finish(_ message: MessageQueue.Message, tenant: Int, device: Int, at now: Instant) {
    let enrolment = states[tenant].enrolments[message.enrolment]
    let next = states[tenant].sequences[enrolment.sequence].steps[message.step + 1]
    let claim = ClaimedMessage(
      step: StepPosition(message.step, nextDelayMilliseconds: next?.delayMilliseconds),
      enrolmentStatus: enrolment.status, enrolmentStep: enrolment.step, enrolmentReason: nil)
    let changes = SendTransition.after(.accepted(gatewayID: nil), of: claim, now: now)
    devices[device].send(at: now)
    messages[tenant].end(to: enrolment.lead.key, at: changes.message.sentAt)
    tally.noteSent()
    note(changes.message, of: message, tenant)
    observe?(
      .sent(
        tenant: states[tenant].tenant.id, message: message.key, device: devices[device].device.id,
        contact: enrolment.id, step: message.step, at: now))
    states[tenant].enrolments[message.enrolment].lastDevice = device - firstDevice[tenant]
    if let change = changes.enrolment { apply(change, message.enrolment, tenant) }
  }

  /// Updates the message of a step that its enrolment has not reached yet.
  private func note(_ change: MessageChange, of message: MessageQueue.Message, _ tenant: Int) {
    if states[tenant].carried.isEmpty { return }
    let step = CarriedStep(enrolment: states[tenant].enrolments[message.enrolment].key, step: message.step)
    states[tenant].carried[step] = CarriedMessage(status: change.status, sentAt: change.sentAt)
  }
}
