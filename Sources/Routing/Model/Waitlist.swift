/// What a waiting contact waits for: capacity of one device, of any device of the fleet, or of any device that a filter
/// selects.
///
/// Indirect, because most decisions have none and `Decision` must stay small.
package indirect enum Waitlist: Hashable, Sendable {
  /// Any device of the tenant.
  case fleet
  /// This device.
  case device(DeviceID)
  /// Any device that the filter selects when the waitlist is served.
  case filter(DeviceFilter)
}

/// A condition on devices, as policies write it: `{ tag = 'vip', except = device }`. A device must match every part that
/// is set.
package struct DeviceFilter: Hashable, Sendable {
  /// The device has this tag.
  package var tag: String?
  /// The device has this platform.
  package var platform: String?
  /// The device is not this one.
  package var except: DeviceID?

  /// Without any part it selects every device.
  package init(tag: String? = nil, platform: String? = nil, except: DeviceID? = nil) {
    (self.tag, self.platform, self.except) = (tag, platform, except)
  }

  /// Whether the device matches now. Costs a search of its tags.
  package func selects(_ device: Device) -> Bool {
    if let tag, !device.tags.contains(tag) { return false }
    if let platform, device.platform != platform { return false }
    return except != device.id
  }
}
