/// The waits that are decided again after a change.
package enum WakeScope: Equatable, Sendable {
  case all
  /// After changes of devices: waits without a waitlist, because their scripts do not say what they wait for, and those on
  /// the waitlist of a device that was retired. Others are served when a device has capacity.
  case devices(retired: DeviceKey?)

  /// For changes of devices, of which these were retired.
  package init(retired: some Collection<DeviceKey>) {
    self = retired.count > 1 ? .all : .devices(retired: retired.first)
  }

  /// Both together: two retired devices are as good as all.
  package func and(_ other: WakeScope) -> WakeScope {
    guard case .devices(let first) = self, case .devices(let second) = other else { return .all }
    return first == nil || second == nil || first == second ? .devices(retired: first ?? second) : .all
  }
}
