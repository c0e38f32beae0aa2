/// The version and known defects of the database library that a store uses.
package struct EngineFacts: Sendable {
  /// Such as `3.40.1`.
  package let version: String
  /// Why it cannot be used; nil if it can.
  package let refusal: String?
  /// Whether several threads may use it.
  package let isThreadsafe: Bool
  /// Whether it has the race condition of https://www.sqlite.org/wal.html#walresetbug, which can damage a file when two
  /// connections write or checkpoint simultaneously: versions 3.7.0 to 3.51.2, except 3.44.6 and 3.50.7.
  package let hasResetRace: Bool

  /// `refusal` must be set for a library that must not be used.
  package init(version: String, refusal: String?, isThreadsafe: Bool, hasResetRace: Bool) {
    self.version = version
    self.refusal = refusal
    self.isThreadsafe = isThreadsafe
    self.hasResetRace = hasResetRace
  }
}
