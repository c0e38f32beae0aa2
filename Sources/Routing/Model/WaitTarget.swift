/// What a policy passed to `wait_for`. Devices are indices in the fleet that the policy saw.
///
/// Indirect, because few verdicts have a target and `Verdict` must stay small.
package indirect enum WaitTarget: Equatable, Sendable {
  /// Any device of the fleet.
  case fleet
  /// One device.
  case device(Int)
  /// The devices that match every part that is set; with no part, any device of the fleet.
  case filter(tag: String?, platform: String?, except: Int?)

  /// The device that the target names or excludes; nil for none.
  var device: Int? {
    switch self {
    case .fleet: nil
    case .device(let device): device
    case .filter(_, _, let except): except
    }
  }

  /// The waitlist, with ids instead of indices. `fleet` must contain the device.
  package func waitlist(in fleet: Fleet) -> Waitlist {
    let id = { (device: Int) in fleet.members[device].device.id }
    switch self {
    case .fleet, .filter(nil, nil, nil): return .fleet
    case .device(let device): return .device(id(device))
    case .filter(let tag, let platform, let except):
      return .filter(DeviceFilter(tag: tag, platform: platform, except: except.map(id)))
    }
  }
}
