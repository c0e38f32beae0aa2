#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file to which the gateway `log` appends the messages it receives. Other users of the machine cannot read what is
/// written.
package struct AppendedFile {
  /// The caller must close it.
  package let descriptor: CInt
  /// Whether the file still contains the output of earlier processes: true for a regular file that already existed,
  /// false for a pipe, a device, standard output, or a new file.
  package let keepsEarlier: Bool
  /// Whether every user of this machine could read the file before it was opened.
  package let wasOpen: Bool

  /// Opens the file for appending; throws if it is a store. `store` is the path of the store whose messages are logged.
  package init(_ path: String, store: String?) throws(FileProblem) {
    let place = try OutputPlace(path)
    let outputGuard = OutputGuard(stores: store.map { [$0] } ?? [])
    try outputGuard.check(place, for: .sentFile)
    let isMade: Bool
    (descriptor, isMade) =
      place.isWrittenThrough
      ? (AppendedFile.openThrough(path), false)
      : PrivateFile.openOrCreate(
        place.path, O_APPEND | O_NOFOLLOW, mode: store.map(FileMode.beside), owner: store.flatMap(FileOwner.beside))
    guard descriptor >= 0 else {
      throw FileProblem("\(path) cannot be written", path: path, code: errno)
    }
    // The opened file may differ from the one that was checked.
    do throws(FileProblem) {
      try outputGuard.check(opened: descriptor, place, for: .sentFile)
    } catch {
      close(descriptor)
      throw error
    }
    keepsEarlier = !place.isWrittenThrough && !isMade
    wasOpen = !place.isWrittenThrough && FilePrivacy.close(place.path, to: store.map(FileMode.beside) ?? 0o600)
  }

  private static func openThrough(_ path: String) -> CInt {
    // Opened for reading too, so that a pipe outlives its readers.
    let descriptor = openFile(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY)
    return descriptor >= 0 ? descriptor : openFile(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY)
  }
}

/// Files that only the owner, or the owner and the group, may read.
package enum PrivateFile {
  /// Opens a file for reading and writing. A new file gets exactly `mode` (0600 for nil), regardless of the umask, and
  /// belongs to `owner`. Returns -1 and leaves `errno` set on failure.
  package static func open(
    _ path: String, _ flags: CInt = 0, mode: mode_t? = nil, owner: FileOwner? = nil
  ) -> CInt {
    openOrCreate(path, flags, mode: mode, owner: owner).descriptor
  }

  static func openOrCreate(
    _ path: String, _ flags: CInt, mode: mode_t?, owner: FileOwner?
  ) -> (descriptor: CInt, isMade: Bool) {
    let made = create(path, flags, mode: mode, owner: owner)
    guard made < 0, errno == EEXIST else { return (made, made >= 0) }
    return (openFile(path, O_RDWR | O_CLOEXEC | flags), false)
  }

  /// Creates a file that must not exist. Ignores a file system that does not support owners.
  package static func create(
    _ path: String, _ flags: CInt = 0, mode: mode_t? = nil, owner: FileOwner? = nil
  ) -> CInt {
    let descriptor = openFile(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | flags, 0o600)
    guard descriptor >= 0 else { return descriptor }
    if let owner { _ = fchown(descriptor, owner.user, owner.group) }
    fchmod(descriptor, mode ?? 0o600)
    return descriptor
  }
}
