#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that grows: what the gateway `log` was handed. Opened so that nobody else can read what comes.
package struct AppendedFile {
  /// The caller closes it.
  package let descriptor: CInt
  /// Whether it holds what earlier processes wrote: a regular file that was there already. A pipe, a device, standard
  /// output, and a file that was made just now do not.
  package let keepsEarlier: Bool
  /// Every user of this machine could read it until now.
  package let wasOpen: Bool

  /// Opens the file for appending; never a store. `store`: the one whose messages are written.
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
    // What was opened may be another file than the one that was looked at.
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
    // For reading too: a pipe then outlives its readers.
    let descriptor = openFile(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY)
    return descriptor >= 0 ? descriptor : openFile(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY)
  }
}

/// A file that only its owner may read, or its group as well.
package enum PrivateFile {
  /// Opens a file for reading and writing; one that does not exist is made with exactly `mode` (0600 for nil), whatever
  /// the umask, and for `owner`. Returns -1 and leaves `errno` where that fails.
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

  /// Makes a file that must not exist. A file system that knows no owners is no reason to fail.
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
