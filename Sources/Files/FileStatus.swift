#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the file system says about a file, links followed.
struct FileStatus {
  /// The same file has the same identity by every name.
  struct Identity: Hashable {
    let device: dev_t
    let inode: ino_t
  }

  private let status: stat

  /// Nil when there is no file at `path`, or it cannot be reached.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.status = status
  }

  init?(descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.status = status
  }

  var identity: Identity { Identity(device: status.st_dev, inode: status.st_ino) }
  var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }
  var isDirectory: Bool { status.st_mode & S_IFMT == S_IFDIR }
  var mode: mode_t { status.st_mode & 0o777 }
  var linkCount: Int { Int(status.st_nlink) }
  var isOwn: Bool { status.st_uid == geteuid() }
}
