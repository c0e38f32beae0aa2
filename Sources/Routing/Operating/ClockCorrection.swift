/// What accepting the clock found on record and what it changed.
package struct ClockCorrection: Equatable, Sendable {
  /// What was changed, with the number of rows.
  package struct Change: Equatable, Sendable {
    /// A noun in the plural that names the rows, such as `attempts` or `due steps`.
    package var what: String
    /// How many rows have other times now; at least 1.
    package var count: Int

    /// `count` must not be 0.
    package init(what: String, count: Int) { (self.what, self.count) = (what, count) }
  }

  /// The times that were ahead of the clock before the correction.
  package var found: TimesAhead
  /// In the order in which they were made; only those that changed a row.
  package var changes: [Change]
  /// By how much attempts and sent messages were moved back, in milliseconds: the newest of them is now at the clock's
  /// time. 0 if none was ahead.
  package var shiftMilliseconds: Int64
  /// The hold that ended; nil if sending was not held because of the clock.
  package var released: SendingHold?
  /// Whether nothing was written.
  package var isDryRun: Bool

  /// `found` must have been read before the changes.
  package init(
    found: TimesAhead, changes: [Change] = [], shiftMilliseconds: Int64 = 0, released: SendingHold? = nil,
    isDryRun: Bool = false
  ) {
    (self.found, self.changes, self.shiftMilliseconds) = (found, changes, shiftMilliseconds)
    (self.released, self.isDryRun) = (released, isDryRun)
  }

  /// Whether there was no hold, no time ahead, and nothing to change.
  package var isNothing: Bool { found.lines.isEmpty && changes.isEmpty && released == nil }

  /// The changes in one line, for the audit: `attempts (2), sent messages (2); sends moved back by 8 h`.
  package var detail: String {
    let counts = changes.map { "\($0.what) (\($0.count))" }.joined(separator: ", ")
    let shift =
      shiftMilliseconds > 0 ? "; sends moved back by \(ClockDistance.text(milliseconds: shiftMilliseconds))" : ""
    return "clock: " + (counts.isEmpty ? "no time was ahead" : "corrected \(counts)\(shift)")
  }
}
