import Routing

/// An incident that happens to a device during a simulation.
package struct Incident: Equatable, Sendable {
  /// The window of a limit.
  package enum Window: String, CaseIterable, Sendable {
    case minute, hour, day
  }

  /// What happens to the device.
  package enum Change: Equatable, Sendable {
    case goOffline
    /// Ends one outage. A device that was offline in the store stays offline.
    case comeBack
    /// Permanently out of service. Its queue and its contacts stay assigned to it, because there is no successor.
    case retire
    case cap(Window, Int)

    /// The change as text, for a report.
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
  /// Applied before the cycle and the sends of this time.
  package let at: Instant
  /// Changes at the same time are applied in the order given.
  package let change: Change

  /// `device` is looked up when the simulation is created.
  package init(device: String, at: Instant, change: Change) {
    (self.device, self.at, self.change) = (device, at, change)
  }
}
