/// What `release` did.
package struct ReleaseOutcome: Equatable, Sendable {
  /// The hold that ended; nil when the scope had none that `release` ends.
  package var released: SendingHold?
  /// Whether a hold file that could not be read is gone.
  package var hasRemovedFile = false
  /// Those that are still in force.
  package var remaining: [SendingHold]
  /// What may go wrong, as the hold file could not be locked.
  package var notice: String?

  /// `remaining` must be read after the release.
  package init(
    released: SendingHold? = nil, hasRemovedFile: Bool = false, remaining: [SendingHold], notice: String? = nil
  ) {
    self.released = released
    self.hasRemovedFile = hasRemovedFile
    self.remaining = remaining
    self.notice = notice
  }
}
