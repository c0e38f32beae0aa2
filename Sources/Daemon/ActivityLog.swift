import Logging
import Routing
import Sequencing
import ServiceLifecycle
import Synchronization

/// Logs the work of cycles and sending: news and errors at once, everything else as sums once a minute.
///
/// Each figure is in exactly one line, so that the lines of a log add up to everything that was done. As a service it writes the last sums
/// when the services that were started after it have ended.
final class ActivityLog: Service {
  /// The time that one line of sums covers, in milliseconds.
  static let periodMilliseconds: Int64 = 60_000

  /// The events that are logged at once if they have not occurred in the last minute.
  private enum Kind { case decided, sent, notSent }

  /// The sums of one period.
  private struct Period {
    var start: Instant
    /// Cycles without a line of their own, idle ones included.
    var cycles = 0
    var done: CycleReport
    var sending = SendCounts()
    /// Has been logged at once, in this period or just before it.
    var known: Set<Kind>
    /// Is part of the sums.
    var summed: Set<Kind> = []

    init(start: Instant, known: Set<Kind> = []) {
      (self.start, self.known) = (start, known)
      done = CycleReport(now: start)
    }
  }

  private let logger: Logger
  private let clock: any Clock
  private let period: Mutex<Period>

  /// Logs nothing by itself. `clock`: the time of the log.
  init(logger: Logger, clock: any Clock) {
    (self.logger, self.clock) = (logger, clock)
    period = Mutex(Period(start: clock.now()))
  }

  /// To be called after each cycle, also an idle one. A cycle with faults is logged at once.
  func ended(_ report: CycleReport) {
    period.withLock { period in
      closeIfOver(&period)
      guard report.enrolled + report.decided > 0 else {
        period.cycles += 1
        return
      }
      guard period.known.insert(.decided).inserted || report.faults > 0 else {
        period.cycles += 1
        period.done.add(report)
        period.summed.insert(.decided)
        return
      }
      logNow("cycle", ActivityLog.fields(report), &period)
    }
  }

  /// To be called after each round of sending, also an idle one.
  func sent(_ counts: SendCounts) {
    period.withLock { period in
      closeIfOver(&period)
      guard counts != SendCounts() else { return }
      let kinds: Set<Kind> = Set(
        (counts.sent > 0 ? [.sent] : []) + (counts.returned + counts.failed + counts.unknown > 0 ? [.notSent] : []))
      guard kinds.isSubset(of: period.known) else {
        period.known.formUnion(kinds)
        return logNow("sent", ActivityLog.fields(counts), &period)
      }
      period.sending += counts
      period.summed.formUnion(kinds)
    }
  }

  /// Waits for the shutdown, then logs what has no line yet.
  func run() async throws {
    // Cancelled or not, the program ends.
    try? await gracefulShutdown()
    period.withLock { close(&$0, at: clock.now()) }
  }

  /// The minute counts from the last of these lines before the first sum.
  private func logNow(_ message: Logger.Message, _ fields: Logger.Metadata, _ period: inout Period) {
    logger.info(message, metadata: fields)
    if period.summed.isEmpty { (period.start, period.cycles) = (clock.now(), 0) }
  }

  /// A clock that was set back also ends a period.
  private func closeIfOver(_ period: inout Period) {
    let now = clock.now()
    let length = now.milliseconds - period.start.milliseconds
    if !(0..<ActivityLog.periodMilliseconds ~= length) { close(&period, at: now) }
  }

  private func close(_ period: inout Period, at now: Instant) {
    if !period.summed.isEmpty {
      var fields = ActivityLog.fields(period.done).merging(ActivityLog.fields(period.sending)) { $1 }
      fields["cycles"] = "\(period.cycles)"
      fields["seconds"] = "\(max(0, now.milliseconds - period.start.milliseconds) / 1000)"
      logger.info("activity", metadata: fields)
    }
    period = Period(start: now, known: period.summed)
  }

  private static func fields(_ report: CycleReport) -> Logger.Metadata {
    [
      "enrolled": "\(report.enrolled)", "decided": "\(report.decided)", "queued": "\(report.queued)",
      "waiting": "\(report.waiting)", "skipped": "\(report.skipped)", "cancelled": "\(report.cancelled)",
      "faults": "\(report.faults)",
    ]
  }

  private static func fields(_ counts: SendCounts) -> Logger.Metadata {
    [
      "sent": "\(counts.sent)", "returned": "\(counts.returned)", "failed": "\(counts.failed)",
      "unknown": "\(counts.unknown)",
    ]
  }
}

extension CycleReport {
  fileprivate mutating func add(_ report: CycleReport) {
    enrolled += report.enrolled
    decided += report.decided
    queued += report.queued
    waiting += report.waiting
    skipped += report.skipped
    cancelled += report.cancelled
    faults += report.faults
  }
}
