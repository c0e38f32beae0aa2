/// A tenant's devices and their loads at one time, in order of their keys, without retired devices.
///
/// Each decision reserves its choice on the fleet, so that the next decision sees it (I-04).
package struct Fleet: Sendable {
  /// A device with its load, from one read of the store.
  package struct Member: Sendable {
    /// As read; decisions do not change it.
    package var device: Device
    /// As read; `Fleet.load(_:)` adds the reservations made since.
    package var load: DeviceLoad
    /// The sends that `load` counts; empty if only counts are known.
    package var sends: RecentSends

    /// `load` must match `sends`, if these are known; this is not checked.
    package init(device: Device, load: DeviceLoad, sends: RecentSends = RecentSends()) {
      (self.device, self.load, self.sends) = (device, load, sends)
    }

    /// For a device whose sends are all known: computes the counts of each window from them.
    package init(
      device: Device, sends: RecentSends, queued: Int, inFlight: Int, failuresHour: Int, at now: Instant
    ) {
      let load = DeviceLoad(of: sends, queued: queued, inFlight: inFlight, failuresHour: failuresHour, at: now)
      self.init(device: device, load: load, sends: sends)
    }
  }

  /// The tenant that owns the devices.
  package let tenant: TenantID
  /// The time of the loads, and of every decision made with them.
  package let now: Instant
  /// In order of their keys, without retired devices. Device indices elsewhere refer to this list.
  package let members: [Member]
  /// Minutes by which the tenant's local time is ahead of UTC at `now`.
  package let utcOffsetMinutes: Int
  /// The percentage of each limit that bulk messages may use; 100 in a fleet as bulk contacts see it.
  package let bulkShare: Int
  private let positions: [DeviceID: Int]
  /// Messages reserved on each member. Kept apart from the members, so that a reservation writes little memory.
  private var reserved: [Int32]
  /// The devices' own limits, in a fleet whose limits are reduced to the bulk share; otherwise nil.
  private var wholeLimits: [DeviceLimits]?
  /// The last result of `capacityAt`; a reservation invalidates it.
  private var capacityCache: (isValid: Bool, isOpen: Bool, at: Instant?) = (false, false, nil)

  /// Drops retired devices. Costs one dictionary entry for each remaining device.
  package init(
    tenant: TenantID, now: Instant, members: [Member], utcOffsetMinutes: Int = 0,
    bulkShare: Int = Tenant.defaultBulkShare
  ) {
    self.tenant = tenant
    self.now = now
    self.utcOffsetMinutes = utcOffsetMinutes
    self.bulkShare = bulkShare
    // Without retired devices the list is used as it is: copying it updates a dozen reference counts for each device.
    let hasRetired = members.contains { $0.device.status == .retired }
    self.members = hasRetired ? members.filter { $0.device.status != .retired } : members
    var positions = [DeviceID: Int](minimumCapacity: self.members.count)
    for (position, member) in self.members.enumerated() { positions[member.device.id] = position }
    self.positions = positions
    reserved = Array(repeating: 0, count: self.members.count)
  }

  /// The number of devices, without retired ones.
  package var count: Int { members.count }
  /// The index of the device with this id; nil if it is retired or another tenant's. Costs one hash.
  package func position(of device: DeviceID) -> Int? { positions[device] }
  /// Whether an index is valid; checks indices that come from scripts.
  package func contains(_ position: Int) -> Bool { position >= 0 && position < reserved.count }

  /// A member's load, including reservations.
  package func load(_ position: Int) -> DeviceLoad {
    var load = members[position].load
    load.queued += Int(reserved[position])
    return load
  }

  /// Counts one more queued message on a device.
  package mutating func reserve(_ position: Int) {
    reserved[position] += 1
    capacityCache.isValid = false
  }

  /// Calls `body` with the address of a member's reservation count, so that the caller can prefetch it into the
  /// processor's cache.
  package func withReservations(of position: Int, _ body: (UnsafeRawPointer) -> Void) {
    reserved.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, contains(position) else { return }
      body(start + position * MemoryLayout<Int32>.stride)
    }
  }

  /// Why the device cannot accept more, checked in the order status, pause, limits; nil if it can.
  package func refusal(_ position: Int) -> DeviceRefusal? {
    refusal(position, load: load(position))
  }

  /// As `refusal`, with a given load of the device.
  func refusal(_ position: Int, load: DeviceLoad) -> DeviceRefusal? {
    let refusal = DeviceRefusal.first(for: members[position].device, load: load, at: now)
    guard let wholeLimits, case .cap(let usage)? = refusal else { return refusal }
    return .cap(usage.reduced(from: wholeLimits[position]))
  }

  /// The earliest known time after `now` at which a device can accept more. The ends of pauses and windows are known, the
  /// return of an offline device is not. Nil if a device can accept more now, or if no time is known.
  package mutating func capacityAt() -> Instant? {
    if capacityCache.isValid { return capacityCache.at }
    var (earliest, isOpen): (Instant?, Bool) = (nil, false)
    for position in members.indices {
      guard let room = roomAt(position) else { continue }
      if room <= now {
        (earliest, isOpen) = (nil, true)
        break
      }
      earliest = min(earliest ?? room, room)
    }
    capacityCache = (true, isOpen, earliest)
    return earliest
  }

  /// Whether a device can accept another message now. Shares the work of `capacityAt`.
  package mutating func canAccept() -> Bool {
    _ = capacityAt()
    return capacityCache.isOpen
  }

  /// The earliest time, `now` or later, at which this device can accept one more message; nil if unknown. Waits end by it.
  package func roomAt(_ position: Int) -> Instant? {
    capacityAt(position) { $0.roomAt(limit: $1, window: $2, outstanding: $3, now: now) }
  }

  /// As `roomAt`, for people: if more messages are outstanding than a limit allows in its window, these need further
  /// windows before the device can accept one more.
  package func freeAt(_ position: Int) -> Instant? {
    capacityAt(position) { $0.freeAt(limit: $1, window: $2, outstanding: $3, now: now) }
  }

  private func capacityAt(
    _ position: Int, _ windowHasCapacity: (RecentSends, _ limit: Int, _ window: Int64, _ outstanding: Int) -> Instant?
  ) -> Instant? {
    let member = members[position]
    guard member.device.status == .online else { return nil }
    var room = max(now, member.device.pausedUntil ?? now)
    let outstanding = load(position).outstanding
    if let limit = member.device.limits.queue, outstanding >= limit {
      // One of them must be sent first; the device's pace limits how soon the next one can be.
      guard limit > 0 else { return nil }
      room = max(room, now.advanced(byMilliseconds: 1000), member.device.paceEnd(at: now) ?? now)
    }
    let windows: [(Int?, Int64, Int)] = [
      (member.device.limits.minute, RecentSends.minute, member.load.sentMinute),
      (member.device.limits.hour, RecentSends.hour, member.load.sentHour),
      (member.device.limits.day, RecentSends.day, member.load.sentDay),
    ]
    for case (let limit?, let window, let sent) in windows where sent + outstanding >= limit {
      // Counts without the times of sends (from a request file) do not tell when the window has capacity again.
      guard member.sends.count(window: window, at: now) == sent,
        let moment = windowHasCapacity(member.sends, limit, window, outstanding)
      else { return nil }
      room = max(room, moment)
    }
    return room
  }
}

extension Fleet {
  /// The fleet as bulk contacts see it: each limit is reduced to the bulk share, so that `can_accept_more`, headroom, load
  /// and waits follow from the reduced limits. Keeps the reservations. Costs a copy of each member unless the share is
  /// 100, and nothing in a fleet that is reduced already.
  package var forBulk: Fleet {
    guard bulkShare < 100 else { return self }
    let reduced = members.map { member in
      var member = member
      member.device.limits = member.device.limits.reduced(to: bulkShare)
      return member
    }
    var copy = Fleet(
      tenant: tenant, now: now, members: reduced, utcOffsetMinutes: utcOffsetMinutes, bulkShare: 100)
    copy.reserved = reserved
    copy.wholeLimits = members.map(\.device.limits)
    return copy
  }

  /// The fleet as decisions about this contact see it. Costs as much as `forBulk` for a bulk contact, otherwise nothing.
  package func seen(by contact: Contact) -> Fleet { contact.priority == .bulk ? forBulk : self }
}
