import Routing

/// What somebody who watches a store has chosen to see.
package struct TopView: Equatable, Sendable {
  /// What the devices are sorted by; the most pressing first.
  package enum Order: String, CaseIterable, Sendable {
    case load, queued, sent, state, name
  }

  /// How far back the totals of decisions may go; milliseconds.
  package static let windows: [Int64] = [300_000, 900_000, 3_600_000]

  /// Devices that are equal in it stay in the order of the store.
  package var order = Order.load
  /// Whether the least pressing devices come first.
  package var isReversed = false
  /// Nil for all tenants.
  package var tenant: TenantID?
  /// The place of the first device that is shown, from 0.
  package var offset = 0
  /// How far back the totals of decisions go; milliseconds.
  package var window = TopView.windows[1]
  /// The pause between two looks at the store; seconds.
  package var intervalSeconds = 2.0
  /// Whether the screen stays as it is.
  package var isPaused = false
  /// Whether the help stands in place of the store.
  package var showsHelp = false

  /// What is shown where nobody has chosen anything.
  package init() {}
}
