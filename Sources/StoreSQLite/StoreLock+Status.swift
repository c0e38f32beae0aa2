import Files
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension StoreLock {
  /// Which process holds the lock of the store at `path`.
  ///
  /// The process named in the file holds it if the kernel lists both together (`/proc/locks`). The list leaves out
  /// processes of other PID namespaces, or numbers them differently; only then is the lock tried, shared and briefly.
  package static func status(path: String) -> LockStatus {
    let file = resolved(path) + StoreFiles.lock
    let descriptor = openFile(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      return errno == ENOENT ? .free : .unknown("\(file) may not be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let process = Int32(content(of: descriptor)).flatMap { $0 > 0 ? $0 : nil }
    if let process, isListed(process, descriptor) { return .held(LockHolder(process: process)) }
    guard let code = tryShared(descriptor) else { return .free }
    // A process that upgrades the store holds the lock too, but sends nothing.
    if MigrationLock.holder(descriptor) != nil { return .free }
    guard code == EWOULDBLOCK else {
      return .unknown("\(file) cannot be locked: \(String(cString: strerror(code)))")
    }
    guard let process = Int32(content(of: descriptor)), process > 0 else {
      return .unknown("\(file) is locked, and names no process")
    }
    return .held(LockHolder(process: process, isForeign: !isListed(process, descriptor)))
  }

  /// The process that holds the lock; nil if there is none or it is unknown.
  package static func holder(path: String) -> Int32? {
    if case .held(let holder) = status(path: path) { holder.process } else { nil }
  }

  /// `1: FLOCK  ADVISORY  WRITE 1920 08:01:131 0 EOF`
  private static func isListed(_ process: Int32, _ descriptor: CInt) -> Bool {
    guard let locks = text(of: "/proc/locks"), let status = FileStatus(descriptor: descriptor) else { return false }
    return locks.split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.contains("FLOCK") && words.contains(Substring("\(process)"))
        && words.contains { $0.hasSuffix(":\(status.identity.inode)") }
    }
  }

  /// Takes a shared lock and releases it; returns the error number if that fails.
  private static func tryShared(_ descriptor: CInt) -> CInt? {
    while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
      if errno != EINTR { return errno }
    }
    _ = flock(descriptor, LOCK_UN)
    return nil
  }
}
