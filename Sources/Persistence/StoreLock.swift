import Files
import Routing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The right of one process to run cycles on a store, held by a lock on the file `STORE.lock` beside it.
///
/// The kernel lets go of it when the process ends, however it ends. The file stays: deleting it would let two
/// processes hold locks on two files of one name.
package struct StoreLock: ~Copyable {
  private let descriptor: CInt

  /// Takes the lock of the store at `path` for this process; does not wait.
  ///
  /// Throws `StoreError.unusable`, naming the process that holds it, or that upgrades the store.
  package static func acquire(path: String) throws(StoreError) -> StoreLock {
    let file = resolved(path) + StoreFiles.lock
    let descriptor = PrivateFile.open(file, mode: FileMode.beside(path))
    guard descriptor >= 0 else {
      throw StoreError.unusable(
        "\(file) cannot be opened: \(String(cString: strerror(errno))); the store's folder must be writable")
    }
    guard lock(descriptor) else {
      let holder = content(of: descriptor)
      close(descriptor)
      if let process = MigrationLock.holder(of: path) {
        throw StoreError.unusable("process \(process) is upgrading \(path): wait until it has finished, then run again")
      }
      throw StoreError.unusable(
        "another usher (process \(holder)) runs on this store; stop it, or use another store")
    }
    // Known from the first moment on that the lock is held; what the process before has told of its cycles is kept.
    var beat = Beat(process: getpid(), after: Beat(reading: descriptor))
    // `Heartbeat` writes it again, and reports a failure.
    beat.write(to: descriptor)
    return StoreLock(descriptor: descriptor)
  }

  /// Takes the lock once no other process upgrades the store at `path`, however long that takes; `waits` is told when it
  /// has to. Throws `StoreError.unusable` for what is no store that this program can run on; then no file was made.
  package static func acquire(path: String, waits: (String) -> Void) throws -> StoreLock {
    try SQLiteStore.check(at: path)
    MigrationLock.waitUntilFree(path, waits: waits)
    return try acquire(path: path)
  }

  /// The process that holds the lock of the store at `path`; nil when nobody does.
  ///
  /// Looks without trying the lock: a process that starts at that moment would find it taken. Where the kernel lists its
  /// locks (`/proc/locks`), the process noted in the file must be on the list with this file; elsewhere it must be alive,
  /// and as old as the one that was noted.
  package static func holder(path: String) -> Int32? {
    let descriptor = openFile(resolved(path) + StoreFiles.lock, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let process = Int32(content(of: descriptor)), process > 0 else { return nil }
    guard let locks = text(of: "/proc/locks") else {
      guard kill(process, 0) == 0 || errno == EPERM else { return nil }
      let noted = Beat(reading: descriptor)?.start
      return noted == nil || noted == Beat.start(of: process) ? process : nil
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    // `1: FLOCK  ADVISORY  WRITE 1920 08:01:131 0 EOF`
    let isListed = locks.split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.contains("FLOCK") && words.contains(Substring("\(process)"))
        && words.contains { $0.hasSuffix(":\(status.st_ino)") }
    }
    return isListed ? process : nil
  }

  /// A file of the kernel's, which has no size; nil when it cannot be read.
  static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
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

  /// The same store by another name or link has the same lock.
  static func resolved(_ path: String) -> String { Path.real(path) ?? path }

  static func lock(_ descriptor: CInt) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }

  /// The process that is noted in the file.
  static func content(of descriptor: CInt) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(count, 0)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
  }
}
