import Routing
import StoreSQL
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The holds from the last read of a hold file, valid until the file changes.
///
/// A sender checks the file before each message, so an unchanged file must not be parsed each time.
final class HoldFileCache: Sendable {
  /// Any change of the file's content changes one of these values.
  struct Version: Equatable, Sendable {
    struct Time: Equatable, Sendable {
      var seconds: Int
      var nanoseconds: Int
    }

    var device: UInt64
    var inode: UInt64
    var size: Int64
    var modified: Time
    var changed: Time

    init(_ status: stat) {
      (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
      modified = Time(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
      changed = Time(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
    }

    init?(path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      self.init(status)
    }

    init?(descriptor: CInt) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { return nil }
      self.init(status)
    }
  }

  /// A version is trusted when it is this many seconds old: file systems count time in steps, so a second change within
  /// one step leaves no trace.
  static let trustedAfterSeconds = 2

  private struct Entry {
    var version: Version
    var holds: [SendingHold]
  }

  private let entry = Mutex<Entry?>(nil)

  /// Nil if the file must be read.
  func holds(of version: Version) -> [SendingHold]? {
    entry.withLock { entry in entry?.version == version ? entry?.holds : nil }
  }

  /// `version` was taken before the holds were read. `seconds` is the machine's clock.
  func keep(_ holds: [SendingHold], of version: Version, at seconds: Int) {
    let (age, overflow) = seconds.subtractingReportingOverflow(version.changed.seconds)
    let isTrusted = !overflow && age >= HoldFileCache.trustedAfterSeconds
    entry.withLock { $0 = isTrusted ? Entry(version: version, holds: holds) : nil }
  }
}
