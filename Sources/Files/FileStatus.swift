#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the file system says about a file, links followed unless it is asked for the link itself.
package struct FileStatus {
  /// The same file has the same identity by every name.
  package struct Identity: Hashable, Sendable {
    let device: dev_t
    /// Unique on its device while the file exists; the system may give it to a later file.
    package let inode: ino_t
  }

  private let status: stat

  /// Nil when there is no file at `path`, or it cannot be reached.
  package init?(_ path: String, followsLinks: Bool = true) {
    var status = stat()
    guard followsLinks ? stat(path, &status) == 0 : lstat(path, &status) == 0 else { return nil }
    self.status = status
  }

  /// Of an open file.
  package init?(_ descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.status = status
  }

  /// Of an open file.
  package init?(descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.status = status
  }

  /// Device and inode.
  package var identity: Identity { Identity(device: status.st_dev, inode: status.st_ino) }
  /// False for folders, pipes, devices, and a link that was not followed.
  package var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }
  /// Whether it is a folder.
  package var isDirectory: Bool { status.st_mode & S_IFMT == S_IFDIR }
  /// The permission bits alone, without the type.
  package var mode: mode_t { status.st_mode & 0o777 }
  /// The size; holes count.
  package var bytes: Int64 { Int64(status.st_size) }
  /// Seconds since 1970 of the last change of its content.
  package var changedSeconds: Int64 { Int64(status.st_mtim.tv_sec) }
  /// How many names the file has.
  package var linkCount: Int { Int(status.st_nlink) }
  /// The group that owns the file, by number.
  package var group: gid_t { status.st_gid }
  /// Whether it belongs to the user that this process acts as.
  package var isOwn: Bool { status.st_uid == geteuid() }
  /// How many names the file has; hard links count.
  package var names: Int { Int(status.st_nlink) }
  /// User and group, by their numbers.
  package var owner: FileOwner { FileOwner(user: status.st_uid, group: status.st_gid) }
}
