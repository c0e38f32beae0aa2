/// What a report knows of a device as it stood at its moment.
package struct DeviceFacts: OptionSet, Hashable, Sendable {
  /// One bit for each fact.
  package let rawValue: Int
  /// Bits beyond the three facts mean nothing.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Whether its connection was up is known.
  package static let status = DeviceFacts(rawValue: 1)
  /// Whether it was paused is known.
  package static let pause = DeviceFacts(rawValue: 2)
  /// Which caps it had is known.
  package static let limits = DeviceFacts(rawValue: 4)
  /// What every report of the present knows.
  package static let all: DeviceFacts = [.status, .pause, .limits]
}
