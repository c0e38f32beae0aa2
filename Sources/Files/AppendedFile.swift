#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files that stay open and grow, and files that exist once: opened so that nobody else can read what comes.
package enum AppendedFile {
  /// Opens the file to which the gateway `log` appends, never a store. The caller closes the descriptor.
  ///
  /// `wasOpen`: every user of this machine could read it until now.
  package static func open(_ path: String, store: String?) throws(FileProblem) -> (descriptor: CInt, wasOpen: Bool) {
    let place = try OutputPlace(path)
    let outputGuard = OutputGuard(stores: store.map { [$0] } ?? [])
    try outputGuard.check(place, for: .sentFile)
    let descriptor =
      place.isWrittenThrough
      ? openThrough(path) : PrivateFile.open(place.path, O_APPEND | O_NOFOLLOW, mode: store.map(FileMode.beside))
    guard descriptor >= 0 else {
      throw FileProblem("\(path) cannot be written", path: path, code: errno)
    }
    // What was opened may be another file than the one that was looked at.
    guard SQLiteContent(descriptor) == nil else {
      close(descriptor)
      throw FileProblem(
        "expected a file that may be written at \(path), found a SQLite database; nothing was written: name another file"
      )
    }
    return (descriptor, place.isWrittenThrough ? false : FilePrivacy.close(place.path))
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
  /// the umask. Returns -1 and leaves `errno` where that fails.
  package static func open(_ path: String, _ flags: CInt = 0, mode: mode_t? = nil) -> CInt {
    let made = create(path, flags, mode: mode)
    guard made < 0, errno == EEXIST else { return made }
    return openFile(path, O_RDWR | O_CLOEXEC | flags)
  }

  /// Makes a file that must not exist.
  package static func create(_ path: String, _ flags: CInt = 0, mode: mode_t? = nil) -> CInt {
    let descriptor = openFile(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | flags, 0o600)
    if descriptor >= 0 { fchmod(descriptor, mode ?? 0o600) }
    return descriptor
  }
}
