/// How long a contact waits after a decision to wait, given its own faults in a row.
///
/// A fault is tried again after a minute. A contact that keeps failing is set aside for longer and longer, so that it
/// costs the others nothing; it stays in the state `waiting`.
package struct FaultWait: Equatable, Sendable {
  /// The number of faults in a row at which a contact is set aside.
  package static let faultsMax = 5
  /// The first wait of a contact that is set aside; seconds. Each further fault doubles it.
  package static let firstSeconds: Int64 = 3600
  /// The longest wait of a contact that is set aside; seconds.
  package static let longestSeconds: Int64 = 86_400

  /// When a contact that is set aside at `now` may be decided again, for any number of faults.
  package static func endsAside(after now: Instant) -> [Instant] {
    (0...doublingsMax).map { now.advanced(bySeconds: min(firstSeconds << $0, longestSeconds)) }
  }

  private static let doublingsMax: Int64 = 10

  /// The contact's faults in a row after this decision; nil leaves the count unchanged.
  package let faults: Int?
  /// When the step is decided again.
  package let until: Instant
  /// The reason of the enrolment.
  package let reason: String
  /// The code of the reason; nil if a script wrote it.
  package let code: ReasonCode?

  /// For a decision to wait until `until`. `faults` are the contact's faults in a row before it. If no script ran, neither
  /// the contact nor its data are at fault: the count stays as it is.
  package init(after decision: Decision, until: Instant, faults before: Int, now: Instant) {
    guard decision.fault != nil, decision.instructions > 0 else {
      faults = decision.instructions > 0 ? 0 : nil
      (self.until, reason, code) = (until, decision.reason.asReason, decision.code)
      return
    }
    // A row may have any count.
    let count = before == .max ? before : before + 1
    faults = count
    guard count >= FaultWait.faultsMax else {
      (self.until, reason, code) = (until, decision.reason.asReason, decision.code)
      return
    }
    let doublings = min(Int64(count - FaultWait.faultsMax), FaultWait.doublingsMax)
    let seconds = min(FaultWait.firstSeconds << doublings, FaultWait.longestSeconds)
    self.until = max(until, now.advanced(bySeconds: seconds))
    reason = "set aside after \(count) faults in a row: \(decision.reason)".asReason
    code = .setAside
  }
}
