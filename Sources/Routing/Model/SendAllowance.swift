/// How many messages a device may send now: the sender's part of the limits.
package enum SendAllowance {
  /// At most `most`. Zero unless the device is online, not paused and past its pacing time; one if it has a pace;
  /// otherwise what its windows leave, counting messages in flight but not queued ones.
  package static func count(for device: Device, load: DeviceLoad, at now: Instant, most: Int) -> Int {
    guard device.status == .online, !device.isPaused(at: now), device.paceEnd(at: now) == nil
    else { return 0 }
    var room = device.pace == .none ? most : min(most, 1)
    if let limit = device.limits.minute { room = min(room, limit - load.sentMinute - load.inFlight) }
    if let limit = device.limits.hour { room = min(room, limit - load.sentHour - load.inFlight) }
    if let limit = device.limits.day { room = min(room, limit - load.sentDay - load.inFlight) }
    if let limit = device.limits.queue { room = min(room, limit - load.inFlight) }
    return max(room, 0)
  }

  /// How many of these messages may be bulk: what the windows leave of the bulk share, in percent, of each limit.
  package static func bulkCount(
    for device: Device, share: Int, load: DeviceLoad, at now: Instant, most: Int
  ) -> Int {
    var device = device
    device.limits = device.limits.reduced(to: share)
    return count(for: device, load: load, at: now, most: most)
  }
}
