import Routing

/// Digests of a recorded fleet, used to find the devices that differ in a later one: forty bytes a device, so that a
/// process can keep those of all its tenants.
package struct FleetFingerprint {
  private let at: Instant
  private let devices: [DeviceFingerprint]

  private struct DeviceFingerprint {
    let key: Int64
    let fixed: UInt64
    let moving: UInt64
    let sends: UInt64
    let sendCount: Int
  }

  /// The fingerprint of a fleet at its own time.
  package init(_ fleet: Fleet) { self.init(fleet.members, at: fleet.now) }

  /// `members` must be in fleet order; sends more than 24 hours before `at` do not count.
  package init(_ members: [Fleet.Member], at: Instant) {
    self.at = at
    var scratch = RecordWriter()
    devices = members.map { member in
      let sends = member.sends.day(at: at)
      return DeviceFingerprint(
        key: member.device.key.raw, fixed: FleetFingerprint.fixed(of: member.device, &scratch),
        moving: FleetFingerprint.moving(of: member), sends: Fingerprint(sends).value, sendCount: sends.count)
    }
  }

  /// The changes in a later fleet, whose fingerprint is `later`, in device order; nil if the two have different
  /// devices.
  ///
  /// A device's sends continue those on record if they begin with them. Sends that have left the window may be gone
  /// from memory; then `recorded` provides the recorded times.
  package func changes(
    to fleet: Fleet, _ later: FleetFingerprint, recorded: () throws -> FleetCode.State
  ) rethrows -> [FleetCode.Change]? {
    guard fleet.count == devices.count,
      zip(fleet.members, devices).allSatisfy({ $0.device.key.raw == $1.key })
    else { return nil }
    var state: FleetCode.State?
    var changes: [FleetCode.Change] = []
    for (position, member) in fleet.members.enumerated() {
      let (old, new) = (devices[position], later.devices[position])
      var sends = further(member.sends, at: fleet.now, after: old).map(FleetFingerprint.sends)
      if sends == nil {
        if state == nil { state = try recorded() }
        let recorded = state!.members[position].sends.day(at: max(state!.at, fleet.now))
        sends = FleetFingerprint.sends(member.sends.day(at: fleet.now), after: recorded)
      }
      let change = FleetCode.Change(
        position: position, isFixed: old.fixed != new.fixed, isMoving: old.moving != new.moving, sends: sends!)
      if !change.isNone { changes.append(change) }
    }
    return changes
  }

  /// The sends after the recorded ones; nil if the recorded ones are not found.
  private func further(_ sends: RecentSends, at now: Instant, after old: DeviceFingerprint) -> ArraySlice<Int64>? {
    let (known, seen) = (sends.day(at: at), sends.day(at: now))
    // If the clock was set back, the window may include earlier sends than at the time of the record.
    guard known.count >= old.sendCount, seen.startIndex >= known.startIndex else { return nil }
    let end = known.startIndex + old.sendCount
    guard Fingerprint(known[known.startIndex..<end]).value == old.sends else { return nil }
    return seen[max(end, seen.startIndex)...]
  }

  /// The sends after the recorded ones that are still in the window; `.anew` if the list does not begin with those.
  private static func sends(_ seen: ArraySlice<Int64>, after recorded: ArraySlice<Int64>) -> FleetCode.Change.Sends {
    seen.starts(with: recorded) ? sends(seen.dropFirst(recorded.count)) : .anew
  }

  private static func sends(_ further: ArraySlice<Int64>) -> FleetCode.Change.Sends {
    further.isEmpty ? .same : .further(further)
  }

  private static func fixed(of device: Device, _ scratch: inout RecordWriter) -> UInt64 {
    scratch.removeAll()
    DeviceCode.appendFixed(device, to: &scratch)
    return Fingerprint(scratch.bytes).value
  }

  private static func moving(of member: Fleet.Member) -> UInt64 {
    let (device, load) = (member.device, member.load)
    var print = Fingerprint()
    print.add(Int64(DeviceCode.statusCode(device.status)))
    for count in [load.queued, load.inFlight, load.failuresHour] { print.add(Int64(count)) }
    for moment in [device.pausedUntil, device.lastSeenAt, device.lastSentAt, device.nextSendAt] {
      print.add(moment?.milliseconds ?? .min)
    }
    return print.value
  }
}

/// A 64-bit digest of a sequence of numbers, for comparison.
struct Fingerprint {
  private(set) var value: UInt64 = 0x243F_6A88_85A3_08D3

  init() {}

  init(_ numbers: ArraySlice<Int64>) { for number in numbers { add(number) } }

  init(_ bytes: [UInt8]) {
    for byte in bytes { add(Int64(byte)) }
    add(Int64(bytes.count))
  }

  mutating func add(_ number: Int64) {
    value = (value ^ UInt64(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15
    value ^= value >> 32
  }
}
