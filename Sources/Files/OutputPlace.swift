#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a path on the command line leads: links followed, also the last one, also where there is no file yet.
struct OutputPlace {
  private static let linksMax = 40

  /// As the user wrote it.
  let given: String
  /// Absolute, without links; `given` for what is written through.
  let path: String
  /// Whether bytes go straight into it: a pipe, a device, or an open file of this process such as /dev/stdout. There is
  /// no name to put a finished file at.
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
      // The kernel's names for open files: a link there says what a file was called, not where it is.
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

  /// Whether two names lead to one file, which the one that is written last would have alone. Devices and pipes take both.
  func isSameFile(as other: OutputPlace) -> Bool {
    guard let status = FileStatus(path), let otherStatus = FileStatus(other.path) else { return path == other.path }
    return status.isRegular && status.identity == otherStatus.identity
  }

  private static func directory(_ path: String) -> FileProblem {
    FileProblem("expected the name of a file, found that \(path) is a directory; name a file in it")
  }
}
