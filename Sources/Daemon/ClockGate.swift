import Logging
import Routing
import Synchronization

/// A sending gate that also holds sending after a jump of the clock: it looks at the clock before each claim and each
/// message, and starts a hold of kind `clock`.
final class ClockGate: SendingGate {
  private let process: StoreProcess
  private let watch: ClockWatch
  private let clock: any Clock
  private let actor: Actor
  private let logger: Logger
  /// A hold that could not be recorded yet. It is in force for this process.
  private let unrecorded = Mutex<SendingHold?>(nil)

  private var gate: any SendingGate { process.running }

  /// `actor`: the one who is recorded for the hold.
  init(_ process: StoreProcess, _ watch: ClockWatch, clock: any Clock, actor: Actor, logger: Logger) {
    (self.process, self.watch, self.clock, self.actor, self.logger) = (process, watch, clock, actor, logger)
  }

  /// Throws also if a jump cannot be recorded; then nothing is sent.
  func refresh() throws -> [SendingHold] {
    look()
    try record()
    return try gate.refresh()
  }

  func admit(_ message: Message) -> SendingHold? {
    look()
    // Recorded by the next `refresh` if the store is locked now.
    try? record()
    return unrecorded.withLock { $0 } ?? gate.admit(message)
  }

  func lockProblem() -> String? { gate.lockProblem() }
  func finished(_ message: Message) { gate.finished(message) }
  func release(of hold: SendingHold) -> HoldRelease? { gate.release(of: hold) }
  func takeNotices() -> [String] { gate.takeNotices() }

  private func look() {
    guard let jump = watch.jump() else { return }
    logger.critical("\(ClockHold.sentence(jump: jump)); sending is held", metadata: ["advice": "\(ClockHold.advice)"])
    let hold = SendingHold(
      tenant: nil, kind: .clock, reason: ClockHold.reason(jump: jump), actor: actor, at: clock.now())
    unrecorded.withLock { $0 = hold }
  }

  private func record() throws {
    guard let hold = unrecorded.withLock({ $0 }) else { return }
    _ = try process.store.holdForClock(reason: hold.reason, actor: hold.actor, at: hold.at, epoch: process.epoch)
    // The gate must know the row before this hold goes.
    _ = try gate.refresh()
    unrecorded.withLock { $0 = nil }
  }
}
