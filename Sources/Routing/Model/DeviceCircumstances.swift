/// Facts about a device that no decision depends on.
package struct DeviceCircumstances: Equatable, Sendable {
  /// Since when it has its current status; nil if unknown.
  package var statusSince: Instant?
  /// The reason of its latest pause.
  package var pauseReason: String?

  /// Both are unknown by default.
  package init(statusSince: Instant? = nil, pauseReason: String? = nil) {
    (self.statusSince, self.pauseReason) = (statusSince, pauseReason)
  }
}
