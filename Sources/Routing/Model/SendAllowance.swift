/// How many messages a device may send at one moment: the sender's half of the caps.
package enum SendAllowance {
  /// Messages that may leave now, at most `most`: none unless the device is online, not paused and past its pacing; one
  /// when it keeps a pace; else what its windows have left (what is in flight is counted in, what is queued is not).
  package static func count(for device: Device, load: DeviceLoad, at now: Instant, most: Int) -> Int {
    guard device.status == .online, !device.isPaused(at: now), device.nextSendAt.map({ $0 <= now }) ?? true
    else { return 0 }
    var room = device.pace == .none ? most : min(most, 1)
    if let limit = device.limits.minute { room = min(room, limit - load.sentMinute - load.inFlight) }
    if let limit = device.limits.hour { room = min(room, limit - load.sentHour - load.inFlight) }
    if let limit = device.limits.day { room = min(room, limit - load.sentDay - load.inFlight) }
    if let limit = device.limits.inFlight { room = min(room, limit - load.inFlight) }
    return max(room, 0)
  }
}
