/// What is on record about a device beside what decisions go by.
package struct DeviceCircumstances: Equatable, Sendable {
  /// Since when it has the status that it has; nil when that was never told.
  package var statusSince: Instant?
  /// Why it was paused last.
  package var pauseReason: String?

  /// Both unknown unless given.
  package init(statusSince: Instant? = nil, pauseReason: String? = nil) {
    (self.statusSince, self.pauseReason) = (statusSince, pauseReason)
  }
}
