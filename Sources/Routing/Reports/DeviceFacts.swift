/// The facts about a device that are known for the time of a report.
package struct DeviceFacts: OptionSet, Hashable, Sendable {
  /// One bit per fact.
  package let rawValue: Int
  /// Bits other than the three facts are ignored.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The connection status.
  package static let status = DeviceFacts(rawValue: 1)
  /// Whether the device was paused.
  package static let pause = DeviceFacts(rawValue: 2)
  /// The limits of its queue and sends.
  package static let limits = DeviceFacts(rawValue: 4)
  /// All facts. Reports of the present have all of them.
  package static let all: DeviceFacts = [.status, .pause, .limits]
}
