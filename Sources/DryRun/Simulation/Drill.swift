import Routing

/// Something that happens to a device while a simulation runs.
package struct Drill: Equatable, Sendable {
  package enum Window: String, CaseIterable, Sendable {
    case minute, hour, day
  }

  package enum Change: Equatable, Sendable {
    case goOffline
    /// The end of one outage. A device that was offline in the store stays so.
    case comeBack
    /// Out of service for good. Its queue and its contacts stay with it, as there is no heir.
    case retire
    case cap(Window, Int)

    /// In words, for a report.
    package var text: String {
      switch self {
      case .goOffline: "offline"
      case .comeBack: "back"
      case .retire: "retired"
      case .cap(let window, let limit): "cap \(limit) per \(window.rawValue)"
      }
    }
  }

  /// A device's id, or `TENANT/DEVICE`.
  package let device: String
  package let at: Instant
  package let change: Change

  package init(device: String, at: Instant, change: Change) {
    (self.device, self.at, self.change) = (device, at, change)
  }
}
