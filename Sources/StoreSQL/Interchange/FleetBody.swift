import Foundation
import Routing

/// The body of a fleet record as a line of an export has it: base64, with devices numbered from 1 rather than by their keys.
///
/// Devices are named in it by their ids, so that another store can put its own keys in their place. A difference names
/// devices by their place alone, and is the same everywhere.
struct FleetBody {
  /// Characters of one line: with what is around them they stay well below a line's 1 MiB.
  static let partLength = 786_432

  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Nil when it is not base64.
  init?(base64: String) {
    guard let data = Data(base64Encoded: base64) else { return nil }
    bytes = [UInt8](data)
  }

  var base64: String { Data(bytes).base64EncodedString() }

  /// Whether it holds the whole fleet.
  var isKeyframe: Bool { bytes.first == 1 }

  /// Puts other keys in the place of those of a whole fleet's devices; a difference is the same afterwards.
  ///
  /// Throws `UnreadableRecord`, also when the keys do not come in the order of the devices.
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
      guard next > last else { throw UnreadableRecord("expected the devices in the order of this store's") }
      state.members[place].device.key = DeviceKey(next)
      last = next
    }
    return FleetBody(FleetCode.keyframe(state.fleet(of: TenantID(stored: ""))))
  }
}
