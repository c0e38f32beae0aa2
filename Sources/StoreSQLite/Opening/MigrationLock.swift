import Files
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A process's right to upgrade a store, so that it is copied and migrated only once, and while no process runs on it.
///
/// The lock is on bytes of `STORE.lock` that hold no content; the kernel releases it however the process ends. It
/// cannot be on the store's own file, because closing that would release SQLite's locks.
struct MigrationLock: ~Copyable {
  /// The first byte of the range. `HoldFile` locks the one before it.
  private static let start: off_t = (1 << 30) + 1
  /// Seconds between two attempts.
  private static let pause = 0.02
  /// `F_OFD_GETLK` and `F_OFD_SETLK` of `fcntl(2)`: locks that belong to the open file, as `StoreLock`'s does.
  private static let (getOpenFileLock, setOpenFileLock): (CInt, CInt) = (36, 37)

  private let descriptor: CInt

  /// Takes the lock of the store at `path`, and keeps every process from running on it meanwhile.
  ///
  /// `waitingSeconds` limits the wait for another process that upgrades the store; nil waits as long as that process
  /// lives. Calls `waits` when the wait begins. `isLocked` means that this process holds the store's `StoreLock`.
  /// Throws `StoreError.unusable` if the wait times out, or if another process runs on the store.
  static func acquire(
    for path: String, isLocked: Bool, waitingSeconds: Double?, waits: (String) -> Void
  ) throws(StoreError) -> MigrationLock {
    let file = StoreLock.resolved(path) + StoreFiles.lock
    let descriptor = try StoreLock.open(file, of: path)
    let lock = MigrationLock(descriptor: descriptor)
    try lock.wait(for: path, seconds: waitingSeconds, waits)
    // Held by the same open file, so it is released with the upgrade's lock. Earlier versions respect only this lock.
    guard isLocked || StoreLock.lock(descriptor) else {
      throw StoreError.unusable(
        "process \(StoreLock.content(of: descriptor)) runs on \(path), whose schema must be upgraded first; "
          + "the store is unchanged: stop that process, then run again")
    }
    return lock
  }

  /// Waits until no other process upgrades the store at `path`. Takes no lock.
  static func waitUntilFree(_ path: String, waits: (String) -> Void) {
    guard let process = holder(of: path) else { return }
    waits(notice(path, process))
    while holder(of: path) != nil { usleep(useconds_t(pause * 1_000_000)) }
  }

  /// The process that upgrades the store at `path`; nil without one.
  static func holder(of path: String) -> Int32? {
    let descriptor = openFile(StoreLock.resolved(path) + StoreFiles.lock, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return holder(descriptor)
  }

  deinit { close(descriptor) }

  private func wait(for path: String, seconds: Double?, _ waits: (String) -> Void) throws(StoreError) {
    var left = seconds ?? .infinity
    var hasSaid = false
    // The length of the range is the process id: the kernel does not report the owner of such a lock, but its length.
    var range = MigrationLock.range(length: off_t(getpid()))
    while fcntl(descriptor, MigrationLock.setOpenFileLock, &range) != 0 {
      let code = errno
      guard code == EAGAIN || code == EACCES || code == EINTR else {
        throw StoreError.unusable(
          "\(path)\(StoreFiles.lock) cannot be locked for the upgrade: \(String(cString: strerror(code))); "
            + "move the store to a local disk")
      }
      if let process = MigrationLock.holder(descriptor) {
        guard left > 0 else {
          throw StoreError.unusable(
            "process \(process) is upgrading \(path): wait until it has finished, then run again")
        }
        if !hasSaid { waits(MigrationLock.notice(path, process)) }
        hasSaid = true
      }
      usleep(useconds_t(MigrationLock.pause * 1_000_000))
      left -= MigrationLock.pause
    }
  }

  private static func notice(_ path: String, _ process: Int32) -> String {
    "process \(process) is upgrading \(path); waiting for it"
  }

  static func holder(_ descriptor: CInt) -> Int32? {
    var range = range(length: off_t(Int32.max))
    guard fcntl(descriptor, getOpenFileLock, &range) == 0, range.l_type != Int16(F_UNLCK) else { return nil }
    return Int32(clamping: range.l_len)
  }

  private static func range(length: off_t) -> flock {
    var range = flock()
    (range.l_type, range.l_whence, range.l_start, range.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), start, length)
    return range
  }
}
