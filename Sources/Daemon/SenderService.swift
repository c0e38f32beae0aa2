import Delivery
import Logging
import Routing
import ServiceLifecycle

/// Recovers messages of an earlier process, then sends in rounds. Logs when a hold begins and ends.
struct SenderService: Service {
  let sender: Sender
  let round: ServiceRound
  let activity: ActivityLog
  let every: Duration

  private var gate: any SendingGate { round.process.running }
  private var logger: Logger { round.logger }

  func run() async throws {
    let stop = StopFlag()
    try await withGracefulShutdownHandler {
      var holds: [SendingHold] = []
      logChanges(of: &holds)
      try await recover()
      try await round.repeat(every: every, until: stop) {
        try await once(stop)
        logChanges(of: &holds)
        return false
      }
    } onGracefulShutdown: {
      stop.set()
    }
  }

  private func recover() async throws {
    let counts = try await sender.recover()
    guard counts != SendCounts() else { return }
    logger.notice(
      "cleared up after an earlier process",
      metadata: ["sent": "\(counts.sent)", "returned": "\(counts.returned)", "unknown": "\(counts.unknown)"])
  }

  private func once(_ stop: StopFlag) async throws {
    do {
      activity.sent(try await sender.run(shouldStop: { stop.value }))
    } catch {
      if round.logIfFatal(error) { throw error }
      logger.error("sending failed", metadata: ["error": "\(error)"])
    }
  }

  /// Logs holds that began or ended since the last call.
  private func logChanges(of known: inout [SendingHold]) {
    defer { for notice in gate.takeNotices() { logger.warning("\(notice)") } }
    // If this fails, sending fails too, and that is logged.
    guard let holds = try? gate.refresh() else { return }
    for hold in holds where !known.contains(hold) {
      logger.log(level: hold.kind == .clock ? .critical : .warning, "sending is on hold", metadata: fields(hold))
    }
    for hold in known where !holds.contains(hold) {
      var fields = fields(hold)
      (fields["held_by"], fields["held_reason"]) = (fields["by"], fields["reason"])
      let release = gate.release(of: hold)
      (fields["by"], fields["reason"]) = (release.map { "\($0.by)" }, release.map { "\($0.reason)" })
      logger.notice("hold released", metadata: fields)
    }
    known = holds
  }

  private func fields(_ hold: SendingHold) -> Logger.Metadata {
    var fields: Logger.Metadata = [
      "scope": "\(hold.tenant == nil ? "store" : "tenant")", "kind": "\(hold.kind.rawValue)",
      "reason": "\(hold.reason)", "by": "\(hold.actor.name)", "since": "\(hold.at.rfc3339)",
    ]
    if let tenant = hold.tenant { fields["tenant"] = "\(tenant)" }
    return fields
  }
}
