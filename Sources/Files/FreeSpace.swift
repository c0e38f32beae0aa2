#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The free space on disks.
package enum FreeSpace {
  /// Bytes that this user may still write on the disk of `folder`; nil when the system does not report them.
  package static func bytes(in folder: String) -> Int64? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    // Network file systems may report arbitrary values.
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? .max : Int64(clamping: bytes)
  }

  /// Whether the disk of a file is full, that is, has less space than one page of SQLite.
  package static func isFull(at path: String) -> Bool {
    bytes(in: Path.split(Path.real(path) ?? path).folder).map { $0 < 4096 } ?? false
  }

  /// `12.5 MB`, rounded up.
  package static func text(_ bytes: Int64) -> String {
    let megabytes = (Double(bytes) / 100_000).rounded(.up) / 10
    return "\(megabytes) MB"
  }
}
