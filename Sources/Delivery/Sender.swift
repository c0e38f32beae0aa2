import Routing
import Synchronization

/// Sends the messages that are allowed to leave now: claims them, hands them to their gateways, and records the
/// results.
///
/// A claim is committed before a gateway is called and the outcome after it. After a crash the next run resolves the open claim,
/// so no message is sent twice or lost.
package struct Sender: Sendable {
  private let store: any OutboxStore
  private let gateways: [String: any Gateway]
  private let epoch: LeaderEpoch
  private let clock: any Clock
  /// Nil if holds are checked only when messages are claimed.
  private let gate: (any SendingGate)?
  private let unrecorded = UnrecordedResults()
  private let batch: Int
  /// Mixed into the pauses between messages.
  private let seed: UInt64

  /// How long a claim may stay open; seconds.
  package static let leaseSeconds: Int64 = 120
  /// How long a device pauses if its gateway does not exist; seconds.
  package static let missingGatewayPauseSeconds: Int64 = 300

  /// `gateways` by the names that devices use. `batch`: messages per claim. `seed` determines the pauses between messages.
  package init(
    store: any OutboxStore, gateways: [String: any Gateway], epoch: LeaderEpoch, clock: any Clock,
    gate: (any SendingGate)? = nil, batch: Int = 500, seed: UInt64 = 0
  ) {
    self.store = store
    self.gateways = gateways
    self.epoch = epoch
    self.clock = clock
    self.gate = gate
    self.batch = batch
    self.seed = seed
  }

  /// Resolves open claims of an earlier process. Call it before the first `run`.
  package func recover() async throws -> SendCounts {
    let abandoned = try store.abandonedClaims(at: clock.now(), epoch: epoch)
    var results: [SendResult] = []
    // By gateway, in the order of their names: each is called once for all of its messages.
    for (name, messages) in Dictionary(grouping: abandoned, by: \.gateway).sorted(by: { $0.key < $1.key }) {
      let statuses = await gateways[name]?.statuses(of: messages) ?? messages.map { _ in .cannotTell }
      for (message, status) in zip(messages, statuses) {
        let outcome: SendOutcome =
          switch status {
          case .accepted(let id): .accepted(gatewayID: id)
          case .neverReceived: .notSent(reason: "the process ended before it was sent")
          case .cannotTell: .unknown(reason: "the process ended while it was being sent")
          }
        results.append(SendResult(message: message, outcome: outcome))
      }
    }
    return results.isEmpty ? SendCounts() : try store.finish(results, at: clock.now(), epoch: epoch)
  }

  /// Sends until no more messages are allowed to leave now. Calls `shouldStop` between batches.
  ///
  /// Before each message it checks whether sending is on hold, and whether this process still has the store's lock; without the
  /// lock it throws `StoreError.lockLost`. Messages of a claim that a hold keeps back return to their queue. Outcomes that could
  /// not be recorded because the store was locked are recorded before anything else is claimed.
  package func run(shouldStop: () -> Bool = { false }) async throws -> SendCounts {
    var counts = try record([])
    while !shouldStop() {
      try checkLock()
      if let gate, try gate.refresh().ofStore != nil { break }
      let now = clock.now()
      let leaseUntil = now.advanced(bySeconds: Sender.leaseSeconds)
      let messages = try store.claim(limit: batch, at: now, leaseUntil: leaseUntil, epoch: epoch) {
        SeededRandom.pause(after: $0, seed: seed)
      }
      if messages.isEmpty { break }
      var results: [SendResult] = []
      for message in messages {
        results.append(SendResult(message: message, outcome: await handOver(message, until: leaseUntil)))
      }
      counts += try record(results)
      try checkLock()
      // A message that could not be sent is claimable again at once; claiming it again immediately would loop.
      if results.contains(where: { if case .notSent = $0.outcome { true } else { false } }) { break }
    }
    return counts
  }

  private func handOver(_ message: Message, until leaseUntil: Instant) async -> SendOutcome {
    guard clock.now() < leaseUntil else { return .notSent(reason: "its lease expired before it could be sent") }
    guard let gate else { return await send(message) }
    if let hold = gate.admit(message) { return .notSent(reason: hold.sentence) }
    // Checked as late as possible: the process that has the new lock may send the same message.
    if let problem = gate.lockProblem() {
      gate.finished(message)
      return .notSent(reason: problem)
    }
    let outcome = await send(message)
    gate.finished(message)
    return outcome
  }

  private func checkLock() throws(StoreError) {
    if let problem = gate?.lockProblem() { throw StoreError.lockLost(problem) }
  }

  private func record(_ results: [SendResult]) throws -> SendCounts {
    let results = unrecorded.take() + results
    guard !results.isEmpty else { return SendCounts() }
    do {
      return try store.finish(results, at: clock.now(), epoch: epoch)
    } catch StoreError.unusable(let text) {
      unrecorded.keep(results)
      throw StoreError.unusable(text)
    }
  }

  private func send(_ message: Message) async -> SendOutcome {
    guard let gateway = gateways[message.gateway] else {
      return .deviceFault(
        reason: "there is no gateway '\(message.gateway)': expected \(gateways.keys.sorted().joined(separator: ", "))",
        pauseSeconds: Sender.missingGatewayPauseSeconds)
    }
    return await gateway.send(message)
  }
}

/// The results of messages while the store could not be written.
private final class UnrecordedResults: Sendable {
  private let results = Mutex<[SendResult]>([])

  func take() -> [SendResult] {
    results.withLock { results in
      defer { results = [] }
      return results
    }
  }

  func keep(_ kept: [SendResult]) { results.withLock { $0 = kept } }
}
