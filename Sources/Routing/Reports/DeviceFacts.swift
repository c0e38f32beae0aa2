/// What a report knows of a device as it stood at its moment.
package struct DeviceFacts: OptionSet, Hashable, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let status = DeviceFacts(rawValue: 1)
  package static let pause = DeviceFacts(rawValue: 2)
  package static let limits = DeviceFacts(rawValue: 4)
  package static let all: DeviceFacts = [.status, .pause, .limits]
}
