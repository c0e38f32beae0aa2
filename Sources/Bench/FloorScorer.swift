import CFloor

/// The floor of scoring: the policy in a plain Lua state over plain tables.
final class FloorScorer {
  private let scorer: OpaquePointer

  init(source: [UInt8], devices: [floor_device]) throws {
    scorer = try BenchFailure.catching("the floor of scoring") { error in
      source.withUnsafeBytes { bytes in
        // C reads exactly `count` bytes, and copies source and devices before it returns.
        floor_scorer_create(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, devices, UInt32(devices.count), error)
      }
    }
  }

  deinit { floor_scorer_destroy(scorer) }

  /// Decides `count` times and adds the choices to `checksum`. Returns the CPU time taken, nanoseconds.
  func decide(_ count: Int, checksum: inout UInt64) throws -> Int64 {
    try BenchFailure.catching("the floor's policy") { error in
      let start = floor_thread_cpu_ns()
      let isWell = floor_score(scorer, UInt32(count), &checksum, error)
      return isWell ? floor_thread_cpu_ns() - start : nil
    }
  }
}
