import Foundation

/// The maximum resident memory of the process since its start or the last `reset`.
package enum PeakMemory {
  /// Megabytes (10^6 bytes); nil if `/proc` does not report it.
  package static var megabytes: Double? { value(of: "VmHWM:") }

  /// The current resident memory in megabytes.
  package static var residentMegabytes: Double? { value(of: "VmRSS:") }

  private static func value(of field: String) -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
    else { return nil }
    return kibibytes * 1024 / 1e6
  }

  /// Restarts the measurement at the current resident memory (`proc(5)`: 5 to `clear_refs`). Without permission for
  /// that, the old peak stays.
  package static func reset() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }
}
