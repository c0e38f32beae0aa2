import Files
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A process's right to run cycles on a store: a lock on the file `STORE.lock` next to it.
///
/// The kernel releases it when the process ends, however it ends. The file stays: deleting it would let two processes
/// lock two files of one name.
package struct StoreLock: ~Copyable {
  private let descriptor: CInt
  /// The identity of the locked file. By now its name may belong to another file.
  package let identity: FileStatus.Identity

  /// Takes the lock of the store at `path` for this process; does not wait.
  ///
  /// Throws `StoreError.unusable`, naming the process that holds the lock or upgrades the store.
  package static func acquire(path: String) throws(StoreError) -> StoreLock {
    let file = resolved(path) + StoreFiles.lock
    try StoreFile(path: path).checkSingleName()
    let descriptor = try open(file, of: path)
    guard lock(descriptor) else {
      let holder = content(of: descriptor)
      close(descriptor)
      if let process = MigrationLock.holder(of: path) {
        throw StoreError.unusable("process \(process) is upgrading \(path): wait until it has finished, then run again")
      }
      throw StoreError.unusable(
        "another usher (process \(holder)) runs on this store; stop it, or use another store")
    }
    guard let identity = FileStatus(descriptor: descriptor)?.identity, FileStatus(file)?.identity == identity else {
      close(descriptor)
      throw StoreError.unusable("the lock file \(file) was deleted or replaced while it was locked; run again")
    }
    // Publishes immediately that the lock is held, and keeps the cycle times of the previous process.
    var beat = Beat(process: getpid(), after: Beat(reading: descriptor))
    // `Heartbeat` writes it again, and reports a failure.
    beat.write(to: descriptor)
    return StoreLock(descriptor: descriptor, identity: identity)
  }

  /// Takes the lock once no other process upgrades the store at `path`, however long that takes; calls `waits` if it
  /// has to wait. Throws `StoreError.unusable` for a file that is not a store this program can run on; then it makes no
  /// lock file.
  package static func acquire(path: String, waits: (String) -> Void) throws -> StoreLock {
    try SQLiteStore.check(at: path)
    MigrationLock.waitUntilFree(path, waits: waits)
    return try acquire(path: path)
  }

  /// Opens the lock file of the store at `path`, and creates it if needed.
  static func open(_ file: String, of path: String) throws(StoreError) -> CInt {
    let descriptor = PrivateFile.open(file, mode: FileMode.beside(path), owner: FileOwner.beside(path))
    guard descriptor < 0 else { return descriptor }
    let reason = String(cString: strerror(errno))
    throw StoreError.unusable(
      FileStatus(file).map { status in
        "\(file) cannot be opened: \(reason); it belongs to \(status.owner.userName): give it to the owner of the store "
          + "with `chown --reference=\(path) \(file)`"
      } ?? "\(file) cannot be opened: \(reason); the store's folder must be writable")
  }

  /// The content of a kernel file, which has no size; nil if it cannot be read.
  static func text(of path: String) -> String? {
    let descriptor = openFile(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
      bytes += piece.prefix(count)
    }
  }

  deinit {
    // Closing the only descriptor of this open file releases the lock.
    close(descriptor)
  }

  /// The same store under another name or link has the same lock.
  static func resolved(_ path: String) -> String { Path.real(path) ?? path }

  /// Tries a few times, because a process that checks for the holder takes a shared lock briefly.
  static func lock(_ descriptor: CInt) -> Bool {
    for attempt in 1...lockAttempts {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      if attempt < lockAttempts, errno != EINTR { usleep(lockPause) }
    }
    return false
  }

  private static let lockAttempts = 10
  /// Microseconds.
  private static let lockPause: UInt32 = 5000

  /// The process named in the file.
  static func content(of descriptor: CInt) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(count, 0)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
  }
}
