import CFloor

/// The floor of a decision: the policy in a plain Lua state, called from C.
final class FloorDecider {
  private let decider: OpaquePointer

  init(policy: String, source: [UInt8], devices: [floor_device]) throws {
    decider = try BenchFailure.catching("the floor of '\(policy)'") { error in
      source.withUnsafeBytes { bytes in
        // C reads exactly `count` bytes, and copies source and devices before it returns.
        floor_decider_create(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, devices, UInt32(devices.count), error)
      }
    }
  }

  deinit { floor_decider_destroy(decider) }

  func reset() { floor_decider_reset(decider) }

  /// Decides for each contact and adds the choices to `checksum`. Returns the CPU time taken, nanoseconds.
  func decide(_ contacts: [floor_contact], checksum: inout UInt64) throws -> Int64 {
    try BenchFailure.catching("the floor's policy") { error in
      let start = floor_thread_cpu_ns()
      let isWell = floor_decide(decider, contacts, UInt32(contacts.count), &checksum, error)
      return isWell ? floor_thread_cpu_ns() - start : nil
    }
  }
}
