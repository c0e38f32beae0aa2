/// How urgent a step's messages are. Orders waitlists and device queues, and bounds bulk messages (`Fleet.forBulk`).
package enum Priority: Int, Comparable, CaseIterable, Sendable {
  case urgent, normal, bulk

  /// As in policies, JSON and commands.
  package var name: String {
    switch self {
    case .urgent: "urgent"
    case .normal: "normal"
    case .bulk: "bulk"
    }
  }

  /// Nil for a text that names no priority.
  package init?(name: String) {
    guard let match = Priority.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Reads a column of a store. The schema allows the same values only; any other number reads as `normal`.
  package init(stored: Int64) { self = Priority(rawValue: Int(truncatingIfNeeded: stored)) ?? .normal }

  /// For columns in which NULL means `normal`: the raw value, or nil.
  package var storedUnlessNormal: Int64? { self == .normal ? nil : Int64(rawValue) }

  /// More urgent sorts first.
  package static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
}
