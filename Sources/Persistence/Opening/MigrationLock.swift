import Files
import Routing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The right of one process to upgrade a store, so that it is copied and migrated once.
///
/// It is a lock on the store's folder, which leaves no file behind; the kernel lets go of it however the process ends.
/// The store's own file cannot carry it: closing it would give up SQLite's locks.
struct MigrationLock: ~Copyable {
  private let descriptor: CInt

  /// Waits for another process that upgrades a store of this folder. Throws when that takes longer.
  static func acquire(beside path: String, waitingSeconds: Double) throws(StoreError) -> MigrationLock {
    let folder = Path.split(Path.real(path) ?? path).folder
    let descriptor = openFile(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError.unusable("the folder \(folder) cannot be opened: \(String(cString: strerror(errno)))")
    }
    var left = waitingSeconds
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else {
        close(descriptor)
        throw StoreError.unusable(
          "\(folder) cannot be locked for the upgrade of \(path): \(String(cString: strerror(code))); "
            + "move the store to a local disk")
      }
      guard left > 0 else {
        close(descriptor)
        throw StoreError.unusable(
          "another usher is upgrading a store in \(folder): wait for it to finish, then run again")
      }
      usleep(20_000)
      left -= 0.02
    }
    return MigrationLock(descriptor: descriptor)
  }

  deinit { close(descriptor) }
}
