import Foundation
import Routing

/// The body of a fleet record as an export line has it: base64, with devices numbered from 1 instead of by key.
///
/// The body contains the devices' ids, so that another store can insert its own keys. A difference identifies devices
/// by position only, and is the same in every store.
struct FleetBody {
  /// Characters of one line. With the rest of the line they stay well below the limit of 1 MiB.
  static let partLength = 786_432

  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Nil if the text is not base64.
  init?(base64: String) {
    guard let data = Data(base64Encoded: base64) else { return nil }
    bytes = [UInt8](data)
  }

  var base64: String { Data(bytes).base64EncodedString() }

  /// Whether the body is a whole fleet.
  var isKeyframe: Bool { bytes.first == 1 }

  /// Replaces the device keys of a whole fleet; does not change a difference.
  ///
  /// Throws `UnreadableRecord`, also if the keys are not in the order of the devices.
  func withKeys(
    at moment: Instant, _ key: (_ place: Int, _ device: DeviceID) throws -> Int64
  ) throws -> FleetBody {
    guard isKeyframe else { return self }
    var state: FleetCode.State?
    try bytes.withUnsafeBytes { bytes in try FleetCode.read(bytes, at: moment, into: &state) }
    guard var state else { return self }
    var last: Int64 = 0
    for place in state.members.indices {
      let next = try key(place, state.members[place].device.id)
      guard next > last else { throw UnreadableRecord("expected the devices in this store's key order") }
      state.members[place].device.key = DeviceKey(next)
      last = next
    }
    return FleetBody(FleetCode.keyframe(state.fleet(of: TenantID(stored: ""))))
  }
}
