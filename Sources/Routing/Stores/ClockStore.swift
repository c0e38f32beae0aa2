/// Comparing a store's times with the machine's clock, and taking back times that lie ahead of it.
package protocol ClockStore: Sendable {
  /// The newest time on record, if it lies more than `TimesAhead.toleranceMilliseconds` ahead of `now`; otherwise nil.
  ///
  /// Looks at the newest send, the last attempt, the last enrolment and the last decision, not counting decisions that
  /// an operator has accepted. Costs a few lookups.
  func newestAhead(of now: Instant) throws -> Instant?

  /// All rows with times later than `now`. Costs a walk over contacts, attempts and decisions.
  func timesAhead(of now: Instant) throws -> TimesAhead

  /// Holds the whole store with a hold of kind `clock`, unless it has one; returns the hold in force. One transaction.
  func holdForClock(reason: String, actor: Actor, at now: Instant, epoch: LeaderEpoch) throws -> SendingHold

  /// Accepts the clock as right at `now`: takes back what was computed from a clock that was ahead, ends the hold of kind
  /// `clock`, and records both in the audit. One transaction; a dry run undoes it.
  ///
  /// Decisions and other history keep their times. Throws `OperatorError.refused` if the store is younger than `now`:
  /// then the clock is certainly wrong. Costs a walk over contacts, attempts and decisions.
  func acceptClock(by note: OperatorNote, reason: String, isDryRun: Bool) throws -> ClockCorrection
}
