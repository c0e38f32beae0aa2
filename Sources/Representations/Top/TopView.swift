import Routing

/// The choices of somebody who watches a store.
package struct TopView: Equatable, Sendable {
  /// The orders of devices; the most loaded first.
  package enum Order: String, CaseIterable, Sendable {
    case load, queued, sent, state, name
  }

  /// The windows for the totals of decisions; milliseconds.
  package static let windows: [Int64] = [300_000, 900_000, 3_600_000]

  /// Devices that are equal in this order keep the order of the store.
  package var order = Order.load
  /// Whether the order is reversed.
  package var isReversed = false
  /// Nil for all tenants.
  package var tenant: TenantID?
  /// The index of the first visible device, from 0.
  package var offset = 0
  /// The window for the totals of decisions; milliseconds.
  package var window = TopView.windows[1]
  /// The time between two refreshes; seconds.
  package var intervalSeconds = 2.0
  /// Whether refreshing is paused.
  package var isPaused = false
  /// Whether the help screen is shown instead of the store.
  package var showsHelp = false

  /// The initial view.
  package init() {}
}
