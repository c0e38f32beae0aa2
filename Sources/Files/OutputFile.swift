#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An output file that a person named, written whole or not at all; never over a store.
///
/// The existing file stays until `finish` replaces it atomically. Without `finish` nothing is left; after a kill, this
/// holds only on file systems that support unnamed files. A link stays a link: the file it points to is replaced. Pipes
/// and devices are written directly.
package final class OutputFile {
  private static let triesMax = 100

  private let place: OutputPlace
  private let use: OutputUse
  private let outputGuard: OutputGuard
  private let descriptor: CInt
  private let own: FileStatus.Identity?
  /// The name of the unfinished file; nil when it has none.
  private let temporary: String?
  private var isOpen = true
  /// Runs between the last check of the place and the placing of the file; for tests.
  var beforePlacing: () -> Void = {}

  /// `stores` are the stores that this process may have open.
  package init(_ path: String, for use: OutputUse, mode: FileMode, stores: [String]) throws(FileProblem) {
    place = try OutputPlace(path)
    self.use = use
    outputGuard = OutputGuard(stores: stores)
    try outputGuard.check(place, for: use)
    if place.isWrittenThrough {
      temporary = nil
      descriptor = openFile(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY)
    } else {
      (descriptor, temporary) = OutputFile.create(beside: place.path, mode.creation)
    }
    let code = errno
    own = FileStatus(descriptor)?.identity
    guard descriptor >= 0 else { throw FileProblem("\(path) cannot be written", path: path, code: code) }
    guard !place.isWrittenThrough else {
      do throws(FileProblem) {
        try outputGuard.check(opened: descriptor, place, for: use)
      } catch {
        discard()
        throw error
      }
      return
    }
    if let exact = mode.exact(replacing: FileStatus(place.path)), fchmod(descriptor, exact) != 0 {
      throw failure(errno)
    }
  }

  deinit { discard() }

  /// Appends all of `bytes`; after an error the file is discarded and the caller must not write again.
  package func write(_ bytes: [UInt8]) throws(FileProblem) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress! + start, bytes.count - start) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(count == 0 ? ENOSPC : errno) }
      start += count
    }
  }

  /// Puts the finished file in place. Throws when that fails, or when a store has taken the place meanwhile; then the
  /// place is unchanged.
  package func finish() throws(FileProblem) {
    defer { discard() }
    guard !place.isWrittenThrough else { return }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(errno) }
    try outputGuard.check(place, for: use)
    // `link` takes a free name without replacing a file that appears there at the same time.
    if FileStatus(place.path) == nil, name(place.path) == 0 { return synced() }
    let source = temporary ?? OutputFile.temporaryName(place.path, 0)
    if temporary == nil {
      unlink(source)
      guard name(source) == 0 else { throw failure(errno) }
    }
    defer { unlinkOwn(source) }
    try put(source)
    synced()
  }

  /// Puts the file called `source` in place.
  ///
  /// The two files are exchanged, so that the old one can be checked when nobody can replace it. If the file system
  /// cannot do that, the place is checked again and then overwritten.
  private func put(_ source: String) throws(FileProblem) {
    for _ in 0..<OutputFile.triesMax {
      try outputGuard.check(place, for: use)
      beforePlacing()
      switch FileExchange.run(source, place.path) {
      case 0: return try judge(source)
      case ENOENT:
        // The file has disappeared since the check: the name is free, or taken again.
        if link(source, place.path) == 0 { return }
        guard errno == EEXIST else { throw failure(errno) }
      case EINVAL, ENOSYS, ENOTSUP:
        try outputGuard.check(place, for: use)
        guard rename(source, place.path) == 0 else { throw failure(errno) }
        return
      case let code: throw failure(code)
      }
    }
    throw failure(EBUSY)
  }

  /// Deletes the replaced file, now called `source`, or puts it back when it must not be replaced.
  private func judge(_ source: String) throws(FileProblem) {
    do throws(FileProblem) {
      try outputGuard.check(replaced: source, place, for: use)
    } catch {
      if FileExchange.run(source, place.path) == ENOENT, link(source, place.path) == 0 { unlink(source) }
      // Another process may have put yet another file there: that file is not deleted and keeps the name.
      guard let left = FileStatus(source, followsLinks: false)?.identity, left != own else {
        throw error
      }
      throw FileProblem("\(error.description); a file that was at \(place.given) is now called \(source)")
    }
    unlink(source)
  }

  private func unlinkOwn(_ name: String) {
    if let own, FileStatus(name, followsLinks: false)?.identity == own { unlink(name) }
  }

  private func synced() { Path.sync(folder: Path.split(place.path).folder) }

  private func discard() {
    guard isOpen else { return }
    isOpen = false
    close(descriptor)
    if let temporary { unlinkOwn(temporary) }
  }

  private func failure(_ code: CInt) -> FileProblem {
    discard()
    return FileProblem("\(place.given) was not written", path: place.given, code: code)
  }

  /// Gives the file a name that must be free; returns 0 on success.
  private func name(_ name: String) -> CInt {
    guard let temporary else {
      return linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW)
    }
    return link(temporary, name)
  }

  /// An unnamed file in the folder of `path`, or one with a temporary name.
  private static func create(beside path: String, _ mode: mode_t) -> (CInt, String?) {
    #if canImport(Glibc)
      // O_TMPFILE, whose macro Swift does not import: __O_TMPFILE is 0o20000000 on all Linux architectures but alpha
      // and sparc.
      let nameless = openFile(Path.split(path).folder, O_RDWR | O_CLOEXEC | 0o20_000_000 | O_DIRECTORY, mode)
      if nameless >= 0 {
        if access("/proc/self/fd/\(nameless)", F_OK) == 0 { return (nameless, nil) }
        close(nameless)
      }
    #endif
    for number in 0..<100 {
      let name = temporaryName(path, number)
      let descriptor = openFile(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      if descriptor >= 0 || errno != EEXIST { return (descriptor, descriptor >= 0 ? name : nil) }
    }
    return (-1, nil)
  }

  private static func temporaryName(_ path: String, _ number: Int) -> String {
    "\(path).\(getpid())\(number == 0 ? "" : "-\(number)").part"
  }
}

extension FileMode {
  /// The mode a file is created with. A personal file is never readable by others, not even briefly.
  fileprivate var creation: mode_t {
    switch self {
    case .personal: 0o600
    case .ordinary: 0o666
    }
  }

  /// The mode of the finished file; nil to keep the one it was created with.
  fileprivate func exact(replacing existing: FileStatus?) -> mode_t? {
    switch self {
    case .personal(let store): store.map { FileMode.beside($0) & 0o640 } ?? 0o600
    case .ordinary: existing?.mode
    }
  }
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
