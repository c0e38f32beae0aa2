import Foundation

/// The most memory that the process has had resident since it began or `reset` was called.
package enum PeakMemory {
  /// Megabytes (10^6 bytes); nil where `/proc` does not tell.
  package static var megabytes: Double? { value(of: "VmHWM:") }

  /// What is resident now, in megabytes.
  package static var residentMegabytes: Double? { value(of: "VmRSS:") }

  private static func value(of field: String) -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
    else { return nil }
    return kibibytes * 1024 / 1e6
  }

  /// Begins anew from what is resident now (`proc(5)`: 5 to `clear_refs`). Where that is not allowed, the peak goes on.
  package static func reset() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }
}
