/// The version and the known defects of the database library that a store runs on.
package struct EngineFacts: Sendable {
  /// As in `3.40.1`.
  package let version: String
  /// Why it cannot be used; nil when it can.
  package let refusal: String?
  /// Whether it may be used from several threads.
  package let isThreadsafe: Bool
  /// Whether it has the race of https://www.sqlite.org/wal.html#walresetbug, which can damage a file when two
  /// connections write or checkpoint at the same moment: 3.7.0 to 3.51.2, other than 3.44.6 and 3.50.7.
  package let hasResetRace: Bool

  /// `refusal` must be set for a library that may not be used.
  package init(version: String, refusal: String?, isThreadsafe: Bool, hasResetRace: Bool) {
    self.version = version
    self.refusal = refusal
    self.isThreadsafe = isThreadsafe
    self.hasResetRace = hasResetRace
  }
}
