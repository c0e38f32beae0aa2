/// A tenant's devices and their loads at one moment, in the order of their keys, retired devices left out.
///
/// A decision reserves on it, so that the next decision sees what the one before it queued (I-04).
package struct Fleet: Sendable {
  /// A device with its load, as one read of the store gave them.
  package struct Member: Sendable {
    /// As it was read with the fleet; decisions do not change it.
    package var device: Device
    /// As the fleet was read; `Fleet.load(_:)` has what was reserved since.
    package var load: DeviceLoad
    /// The sends behind `load`; empty where only counts are known.
    package var sends: RecentSends

    /// Trusts `load` to follow from `sends`, where these are known.
    package init(device: Device, load: DeviceLoad, sends: RecentSends = RecentSends()) {
      (self.device, self.load, self.sends) = (device, load, sends)
    }

    /// A device whose sends are all known: what it sent in each window follows from them.
    package init(
      device: Device, sends: RecentSends, queued: Int, inFlight: Int, failuresHour: Int, at now: Instant
    ) {
      let load = DeviceLoad(of: sends, queued: queued, inFlight: inFlight, failuresHour: failuresHour, at: now)
      self.init(device: device, load: load, sends: sends)
    }
  }

  /// Whose devices they are.
  package let tenant: TenantID
  /// The moment of the loads, and of every decision on them.
  package let now: Instant
  /// In the order of their keys, without retired devices. Places elsewhere index this list.
  package let members: [Member]
  /// How far the tenant's clocks on the wall are ahead of UTC at `now`: minutes.
  package let utcOffsetMinutes: Int
  private let positions: [DeviceID: Int]
  /// Messages reserved on each member: apart from the members, so that one write touches little memory.
  private var reserved: [Int32]
  /// What `capacityAt` worked out from the loads; a reservation makes it invalid.
  private var capacityCache: (isValid: Bool, at: Instant?) = (false, nil)

  /// Leaves out retired devices. Costs a dictionary entry for each of the others.
  package init(tenant: TenantID, now: Instant, members: [Member], utcOffsetMinutes: Int = 0) {
    self.tenant = tenant
    self.now = now
    self.utcOffsetMinutes = utcOffsetMinutes
    // A list without one is taken as it is: a copy counts a dozen references for each device.
    let hasRetired = members.contains { $0.device.status == .retired }
    self.members = hasRetired ? members.filter { $0.device.status != .retired } : members
    var positions = [DeviceID: Int](minimumCapacity: self.members.count)
    for (position, member) in self.members.enumerated() { positions[member.device.id] = position }
    self.positions = positions
    reserved = Array(repeating: 0, count: self.members.count)
  }

  /// Devices that are not retired.
  package var count: Int { members.count }
  /// The place of a device by its id; nil for one that is retired or another tenant's. One hash.
  package func position(of device: DeviceID) -> Int? { positions[device] }
  /// Whether a place belongs to this fleet, for places that come from scripts.
  package func contains(_ position: Int) -> Bool { position >= 0 && position < reserved.count }

  /// A member's load with what was reserved on it.
  package func load(_ position: Int) -> DeviceLoad {
    var load = members[position].load
    load.queued += Int(reserved[position])
    return load
  }

  /// Counts one more message as queued on a device.
  package mutating func reserve(_ position: Int) {
    reserved[position] += 1
    capacityCache.isValid = false
  }

  /// Hands over where a member's reservations lie, for whoever wants the processor to fetch them early.
  package func withReservations(of position: Int, _ body: (UnsafeRawPointer) -> Void) {
    reserved.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, contains(position) else { return }
      body(start + position * MemoryLayout<Int32>.stride)
    }
  }

  /// Why the device cannot accept more, or nil when it can: the first reason in the order status, pause, caps.
  package func refusal(_ position: Int) -> DeviceRefusal? {
    DeviceRefusal.first(for: members[position].device, load: load(position), at: now)
  }

  /// The earliest moment after `now` at which a device could accept more, as far as it can be known: pauses end and
  /// windows roll on, but nobody knows when an offline device returns. Nil when a device can accept now.
  package mutating func capacityAt() -> Instant? {
    if capacityCache.isValid { return capacityCache.at }
    var earliest: Instant?
    for position in members.indices {
      guard let room = roomAt(position) else { continue }
      if room <= now {
        earliest = nil
        break
      }
      earliest = min(earliest ?? room, room)
    }
    capacityCache = (true, earliest)
    return earliest
  }

  /// The earliest moment from `now` on at which this device could accept one more; nil when that cannot be known.
  package func roomAt(_ position: Int) -> Instant? {
    let member = members[position]
    guard member.device.status == .online else { return nil }
    var room = max(now, member.device.pausedUntil ?? now)
    let outstanding = load(position).outstanding
    if let limit = member.device.limits.inFlight, outstanding >= limit {
      // One of them has to leave first, and the device's pace says how soon the next one can.
      guard limit > 0 else { return nil }
      room = max(room, now.advanced(byMilliseconds: 1000), member.device.nextSendAt ?? now)
    }
    let windows: [(Int?, Int64, Int)] = [
      (member.device.limits.minute, RecentSends.minute, member.load.sentMinute),
      (member.device.limits.hour, RecentSends.hour, member.load.sentHour),
      (member.device.limits.day, RecentSends.day, member.load.sentDay),
    ]
    for case (let limit?, let window, let sent) in windows where sent + outstanding >= limit {
      // Counts without their moments (a request from outside) do not say when the window has room again.
      guard member.sends.count(window: window, at: now) == sent,
        let moment = member.sends.roomAt(limit: limit, window: window, outstanding: outstanding, now: now)
      else { return nil }
      room = max(room, moment)
    }
    return room
  }
}
