import Routing

/// The binary format of a recorded fleet: the whole fleet, or the difference to an earlier record.
///
///     keyframe    1, count of devices, then for each: distance from the previous key, fixed, moving, sends
///     difference  2, count of changed devices, then for each: distance from the previous position, a mask, and
///                 the parts that the mask names: fixed (1), moving (2), further sends (4) or all sends (8)
///
/// The sends are those that a 24-hour window can see at the record's time; a difference first drops older ones.
package enum FleetCode {
  /// A fleet as a record describes it.
  package struct State {
    /// The time of the record.
    package var at: Instant
    /// In key order; retired devices are not recorded.
    package var members: [Fleet.Member]

    /// `members` must be in key order.
    package init(at: Instant, members: [Fleet.Member]) {
      (self.at, self.members) = (at, members)
    }
  }

  /// The change of one device.
  package struct Change {
    /// The change of a device's sends since the last record.
    package enum Sends {
      case same
      case further(ArraySlice<Int64>)
      case anew
    }

    /// The device's position in the fleet.
    package let position: Int
    /// Whether a rarely changing value changed: id, name, platform, limits, tags.
    package let isFixed: Bool
    /// Whether a value that changes with each cycle changed: status, times, loads.
    package let isMoving: Bool
    /// The change of the list of sends.
    package let sends: Sends

    /// Whether nothing changed, so that the difference leaves the device out.
    package var isNone: Bool {
      guard case .same = sends else { return false }
      return !isFixed && !isMoving
    }
  }

  /// Encodes the whole fleet; starts a chain.
  package static func keyframe(_ fleet: Fleet) -> [UInt8] {
    var writer = RecordWriter()
    writer.byte(1)
    writer.count(fleet.count)
    var before: Int64 = 0
    for member in fleet.members {
      writer.difference(member.device.key.raw, from: before)
      before = member.device.key.raw
      DeviceCode.appendFixed(member.device, to: &writer)
      DeviceCode.appendMoving(member, at: fleet.now, to: &writer)
      DeviceCode.appendSends(member.sends.day(at: fleet.now), at: fleet.now, to: &writer)
    }
    return writer.bytes
  }

  /// `changes` must be in order of position.
  package static func difference(_ fleet: Fleet, _ changes: [Change]) -> [UInt8] {
    var writer = RecordWriter()
    writer.byte(2)
    writer.count(changes.count)
    var next = 0
    for change in changes {
      let member = fleet.members[change.position]
      writer.count(change.position - next)
      next = change.position + 1
      var mask: UInt8 = (change.isFixed ? 1 : 0) | (change.isMoving ? 2 : 0)
      switch change.sends {
      case .same: break
      case .further: mask |= 4
      case .anew: mask |= 8
      }
      writer.byte(mask)
      if change.isFixed { DeviceCode.appendFixed(member.device, to: &writer) }
      if change.isMoving { DeviceCode.appendMoving(member, at: fleet.now, to: &writer) }
      switch change.sends {
      case .same: break
      case .further(let moments): DeviceCode.appendSends(moments, at: fleet.now, to: &writer)
      case .anew: DeviceCode.appendSends(member.sends.day(at: fleet.now), at: fleet.now, to: &writer)
      }
    }
    return writer.bytes
  }

  /// Applies a record to `state`, which is nil before a keyframe. Do not use `state` after an error.
  package static func read(
    _ bytes: UnsafeRawBufferPointer, at now: Instant, into state: inout State?
  ) throws(UnreadableRecord) {
    guard now >= .earliest, now <= .latest else { throw UnreadableRecord("its time is outside the supported range") }
    var reader = RecordReader(bytes)
    let kind = try reader.byte()
    switch (kind, state) {
    case (1, nil): state = State(at: now, members: try readKeyframe(&reader, at: now))
    case (2, .some): try state!.follow(&reader, at: now)
    default: throw UnreadableRecord("expected a whole fleet or a difference, found a record of kind \(kind)")
    }
    guard reader.isAtEnd else { throw reader.failure("expected the end of the record, found more bytes") }
    guard let members = state?.members, Set(members.map(\.device.id)).count == members.count else {
      throw UnreadableRecord("expected devices with different ids")
    }
  }

  private static func readKeyframe(
    _ reader: inout RecordReader, at now: Instant
  ) throws(UnreadableRecord) -> [Fleet.Member] {
    let count = try reader.elements()
    var members: [Fleet.Member] = []
    members.reserveCapacity(count)
    var key: Int64 = 0
    for _ in 0..<count {
      let next = try reader.difference(from: key)
      guard next > key else { throw reader.failure("expected the devices in the order of their keys") }
      key = next
      var device = Device(key: DeviceKey(key), id: DeviceID(stored: ""))
      try DeviceCode.readFixed(&reader, key: DeviceKey(key), into: &device)
      let moving = try DeviceCode.readMoving(&reader, at: now, into: &device)
      let sends = RecentSends(sorted: try DeviceCode.readSends(&reader, at: now))
      members.append(member(device, moving, sends, at: now))
    }
    return members
  }

  fileprivate static func member(
    _ device: consuming Device, _ moving: DeviceCode.Moving, _ sends: RecentSends, at now: Instant
  ) -> Fleet.Member {
    if moving.isLastSend { device.lastSentAt = sends.last }
    return Fleet.Member(
      device: device, sends: sends, queued: moving.queued, inFlight: moving.inFlight,
      failuresHour: moving.failuresHour, at: now)
  }
}

extension FleetCode.State {
  /// The fleet as decisions need it.
  package func fleet(
    of tenant: TenantID, utcOffsetMinutes: Int = 0, bulkShare: Int = Tenant.defaultBulkShare
  ) -> Fleet {
    Fleet(tenant: tenant, now: at, members: members, utcOffsetMinutes: utcOffsetMinutes, bulkShare: bulkShare)
  }

  fileprivate mutating func follow(_ reader: inout RecordReader, at now: Instant) throws(UnreadableRecord) {
    let before = at
    at = now
    // If the clock was set back, sends that were dropped earlier do not come back.
    if now < before {
      for position in members.indices {
        members[position].sends = RecentSends(sorted: Array(members[position].sends.day(at: before)))
      }
    }
    var next = 0
    for _ in 0..<(try reader.elements()) {
      let (position, overflow) = next.addingReportingOverflow(try reader.count())
      guard !overflow, position < members.count else {
        throw reader.failure("expected one of \(members.count) devices, found number \(position) from 0")
      }
      roll(next..<position)
      try change(position, &reader)
      next = position + 1
    }
    roll(next..<members.count)
  }

  /// Drops sends that have become too old, and counts the rest again.
  private mutating func roll(_ positions: Range<Int>) {
    for position in positions where !members[position].sends.moments.isEmpty {
      var sends = members[position].sends
      sends.forget(before: at)
      members[position].sends = sends
      members[position].load.sentMinute = sends.count(window: RecentSends.minute, at: at)
      members[position].load.sentHour = sends.count(window: RecentSends.hour, at: at)
      members[position].load.sentDay = sends.count(window: RecentSends.day, at: at)
    }
  }

  private mutating func change(_ position: Int, _ reader: inout RecordReader) throws(UnreadableRecord) {
    var (device, load, sends) = (members[position].device, members[position].load, members[position].sends)
    var moving = DeviceCode.Moving(queued: load.queued, inFlight: load.inFlight, failuresHour: load.failuresHour)
    let mask = try reader.byte()
    guard mask < 12 else { throw reader.failure("expected the mask of a changed device, found \(mask)") }
    if mask & 1 != 0 { try DeviceCode.readFixed(&reader, key: device.key, into: &device) }
    if mask & 2 != 0 { moving = try DeviceCode.readMoving(&reader, at: at, into: &device) }
    if mask & 8 != 0 {
      sends = RecentSends(sorted: try DeviceCode.readSends(&reader, at: at))
    } else {
      sends.forget(before: at)
      if mask & 4 != 0 {
        for moment in try DeviceCode.readSends(&reader, at: at) { sends.add(Instant(milliseconds: moment)) }
      }
    }
    members[position] = FleetCode.member(device, moving, sends, at: at)
  }
}
