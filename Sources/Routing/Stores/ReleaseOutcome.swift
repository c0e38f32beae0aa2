/// What `release` did.
package struct ReleaseOutcome: Equatable, Sendable {
  /// The hold that ended; nil if the scope had no hold that `release` can end.
  package var released: SendingHold?
  /// Whether an unreadable hold file was deleted.
  package var hasRemovedFile = false
  /// The holds still in force.
  package var remaining: [SendingHold]
  /// A warning about what may go wrong because the hold file could not be locked.
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
