import CBaseline

/// The baseline of a decision: the policy in a plain Lua state, called from C.
final class BaselineDecider {
  private let decider: OpaquePointer

  init(policy: String, source: [UInt8], devices: [baseline_device]) throws {
    decider = try BenchFailure.catching("the baseline of '\(policy)'") { error in
      source.withUnsafeBytes { bytes in
        // C reads exactly `count` bytes, and copies the source and the devices before it returns.
        baseline_decider_create(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, devices, UInt32(devices.count), error)
      }
    }
  }

  deinit { baseline_decider_destroy(decider) }

  func reset() { baseline_decider_reset(decider) }

  /// Decides for each contact and adds the choices to `checksum`. Returns the CPU time in nanoseconds.
  func decide(_ contacts: [baseline_contact], checksum: inout UInt64) throws -> Int64 {
    try BenchFailure.catching("the baseline's policy") { error in
      let start = baseline_thread_cpu_ns()
      let isWell = baseline_decide(decider, contacts, UInt32(contacts.count), &checksum, error)
      return isWell ? baseline_thread_cpu_ns() - start : nil
    }
  }
}
