import CBaseline

/// The baseline of scoring: the policy in a plain Lua state over plain tables.
final class BaselineScorer {
  private let scorer: OpaquePointer

  init(source: [UInt8], devices: [baseline_device]) throws {
    scorer = try BenchFailure.catching("the baseline of scoring") { error in
      source.withUnsafeBytes { bytes in
        // C reads exactly `count` bytes, and copies the source and the devices before it returns.
        baseline_scorer_create(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, devices, UInt32(devices.count), error)
      }
    }
  }

  deinit { baseline_scorer_destroy(scorer) }

  /// Decides `count` times and adds the choices to `checksum`. Returns the CPU time in nanoseconds.
  func decide(_ count: Int, checksum: inout UInt64) throws -> Int64 {
    try BenchFailure.catching("the baseline's policy") { error in
      let start = baseline_thread_cpu_ns()
      let isWell = baseline_score(scorer, UInt32(count), &checksum, error)
      return isWell ? baseline_thread_cpu_ns() - start : nil
    }
  }
}
