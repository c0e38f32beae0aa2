#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The file that a path on the command line leads to: all links followed, including the last one, even if the file does
/// not exist yet.
struct OutputPlace {
  private static let linksMax = 40

  /// As the user wrote it.
  let given: String
  /// Absolute, without links; equal to `given` for places that are written directly.
  let path: String
  /// Whether bytes are written directly: to a pipe, a device, or an open file of this process such as /dev/stdout. Then
  /// no name exists at which a finished file could be placed.
  let isWrittenThrough: Bool

  init(_ given: String) throws(FileProblem) {
    self.given = given
    let status = FileStatus(given)
    if let status, !status.isRegular, !status.isDirectory {
      (path, isWrittenThrough) = (given, true)
      return
    }
    var next = given
    for _ in 0..<OutputPlace.linksMax {
      let (folder, name) = Path.split(next)
      guard !name.isEmpty, name != ".", name != "..", let real = Path.real(folder) else {
        if status?.isDirectory == true { throw OutputPlace.directory(given) }
        throw FileProblem("\(given) cannot be written", path: given, code: ENOENT)
      }
      // The kernel's names for open files: such a link states the name that a file had, not where it is.
      if real.hasPrefix("/proc/") {
        (path, isWrittenThrough) = (given, true)
        return
      }
      let place = Path.join(real, name)
      guard let destination = Path.destination(of: place) else {
        if status?.isDirectory == true { throw OutputPlace.directory(given) }
        (path, isWrittenThrough) = (place, false)
        return
      }
      next = destination.hasPrefix("/") ? destination : Path.join(real, destination)
    }
    throw FileProblem("\(given) cannot be written", path: given, code: ELOOP)
  }

  /// Whether two names lead to one file, so that the last write would replace the other. False for devices and pipes,
  /// which accept both.
  func isSameFile(as other: OutputPlace) -> Bool {
    guard let status = FileStatus(path), let otherStatus = FileStatus(other.path) else { return path == other.path }
    return status.isRegular && status.identity == otherStatus.identity
  }

  private static func directory(_ path: String) -> FileProblem {
    FileProblem("expected the name of a file, found the directory \(path); name a file in it")
  }
}
