import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The lock for changing a hold file, one writer at a time: on a byte of `STORE.lock` beyond its content.
///
/// A writer that cannot get the lock continues, because stopping is more important; `problem` then describes the risk.
struct HoldFileLock: ~Copyable {
  /// The system calls that the lock uses.
  struct Calls: Sendable {
    /// Tries to lock the byte without waiting; nil on success, otherwise the error number.
    var tryLock: @Sendable (CInt) -> CInt?
    /// Waits between two attempts.
    var pause: @Sendable () -> Void

    /// Writes all bytes to a file and syncs it; nil on success, otherwise the error number.
    var write: @Sendable (CInt, [UInt8]) -> CInt? = HoldFileLock.write

    static let system = Calls(tryLock: HoldFileLock.tryLock, pause: { usleep(10_000) })
  }

  /// Two seconds with `Calls.system`: a writer that was suspended in the middle must not block the others.
  private static let attemptsMax = 200

  private let descriptor: CInt
  /// Why the lock is not held; nil if it is.
  let problem: String?

  init(_ path: String, mode: mode_t, owner: FileOwner?, calls: Calls = .system) {
    descriptor = PrivateFile.open(path, mode: mode, owner: owner)
    problem = HoldFileLock.acquire(descriptor, openError: errno, calls).map { reason in
      "the hold file was changed without a lock, because \(path) cannot be locked (\(reason)): a change by "
        + "another command at the same time may be lost; check the holds with `usher health`"
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Nil on success, otherwise the reason.
  private static func acquire(_ descriptor: CInt, openError: CInt, _ calls: Calls) -> String? {
    guard descriptor >= 0 else { return String(cString: strerror(openError)) }
    for _ in 0..<attemptsMax {
      switch calls.tryLock(descriptor) {
      case nil: return nil
      case EAGAIN?, EACCES?: calls.pause()
      case EINTR?: continue
      case let code?: return String(cString: strerror(code))
      }
    }
    return "another process holds the lock"
  }

  private static func write(_ descriptor: CInt, _ bytes: [UInt8]) -> CInt? {
    let count = pwrite(descriptor, bytes, bytes.count, 0)
    guard count == bytes.count else { return count < 0 ? errno : ENOSPC }
    return fsync(descriptor) == 0 ? nil : errno
  }

  private static func tryLock(_ descriptor: CInt) -> CInt? {
    var byte = flock()
    (byte.l_type, byte.l_whence, byte.l_start, byte.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), 1 << 30, 1)
    return fcntl(descriptor, setOpenFileLock, &byte) == 0 ? nil : errno
  }

  /// `F_OFD_SETLK` of `fcntl(2)`: the lock belongs to this open file, as the store's own lock does.
  private static let setOpenFileLock: CInt = 37
}
