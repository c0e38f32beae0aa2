import Routing

/// Something that happens to a device while a simulation runs.
package struct Incident: Equatable, Sendable {
  /// The window of a cap.
  package enum Window: String, CaseIterable, Sendable {
    case minute, hour, day
  }

  /// What happens to the device.
  package enum Change: Equatable, Sendable {
    case goOffline
    /// The end of one outage. A device that was offline in the store stays so.
    case comeBack
    /// Out of service for good. Its queue and its contacts stay with it, as there is no successor.
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
  /// Applies before the cycle and the sends of this moment.
  package let at: Instant
  /// Changes at the same moment apply in the order given.
  package let change: Change

  /// `device` is looked up when the simulation is made.
  package init(device: String, at: Instant, change: Change) {
    (self.device, self.at, self.change) = (device, at, change)
  }
}
