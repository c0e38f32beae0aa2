import Routing

/// Accepts the machine's clock as right: takes back times that a clock ahead has recorded, and ends the hold of kind
/// `clock`.
package struct AcceptClock {
  /// The action that requires a reason, for errors.
  package static let action = "accepting the clock"

  private let isDryRun: Bool

  /// A dry run finds and counts everything and writes nothing.
  package init(isDryRun: Bool = false) { self.isDryRun = isDryRun }

  /// Corrects the times that lie ahead of the time of `note`.
  ///
  /// Throws `reasonRequired`, which a dry run does not need, and `stateConflict` if the clock is earlier than the store
  /// itself. Costs a walk over contacts, attempts and decisions.
  package func run(on store: any ClockStore, by note: OperatorNote) throws -> ClockCorrection {
    let reason = isDryRun ? note.reason ?? "dry run" : try note.expectReason(for: Self.action)
    return try store.acceptClock(by: note, reason: reason, isDryRun: isDryRun)
  }
}
