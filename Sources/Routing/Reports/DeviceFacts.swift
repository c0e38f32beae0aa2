/// Which facts about a device are known at the time of a report.
package struct DeviceFacts: OptionSet, Hashable, Sendable {
  /// One bit per fact.
  package let rawValue: Int
  /// Bits other than the three facts are ignored.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Its connection status is known.
  package static let status = DeviceFacts(rawValue: 1)
  /// Whether it was paused is known.
  package static let pause = DeviceFacts(rawValue: 2)
  /// Its limits are known.
  package static let limits = DeviceFacts(rawValue: 4)
  /// All facts, which a report of the present always knows.
  package static let all: DeviceFacts = [.status, .pause, .limits]
}
