/// Describes a fleet's devices in words: their names, and why they cannot accept more.
package struct DeviceText {
  /// The fleet before the decision.
  package let fleet: Fleet
  private let circumstances: [DeviceKey: DeviceCircumstances]
  private let label: (Device) -> String
  private let time: (Instant) -> String

  /// Uses ids and RFC 3339 times in UTC, unless the caller passes other formats.
  package init(
    _ fleet: Fleet, circumstances: [DeviceKey: DeviceCircumstances] = [:],
    label: @escaping (Device) -> String = { $0.id.text }, time: @escaping (Instant) -> String = \.rfc3339
  ) {
    (self.fleet, self.circumstances, self.label, self.time) = (fleet, circumstances, label, time)
  }

  /// The label of the device at an index of the fleet.
  package func name(_ device: Int) -> String { label(fleet.members[device].device) }

  /// Why a device cannot accept more, with start and end where they are known.
  package func refusal(_ refusal: DeviceRefusal, of device: Int, freeAt: Instant?) -> String {
    let member = fleet.members[device]
    switch refusal {
    case .status: return status(refusal, of: member.device)
    case .paused(let until):
      let reason = circumstances[member.device.key]?.pauseReason.map { " (\($0))" } ?? ""
      return "paused until \(time(until))\(reason)"
    case .cap(let usage):
      let outstanding = fleet.load(device).outstanding
      let owed = outstanding == 0 || usage.cap == .queue ? "" : ", \(outstanding) of them unsent"
      if usage.cap == .queue { return refusal.text + ", one must be sent first" }
      return refusal.text + owed + (freeAt.map { ", free again at \(time($0))" } ?? "")
    }
  }

  private func status(_ refusal: DeviceRefusal, of device: Device) -> String {
    if let since = circumstances[device.key]?.statusSince { return "\(refusal.text) since \(time(since))" }
    return refusal.text + (device.lastSeenAt.map { ", last seen \(time($0))" } ?? "")
  }
}
