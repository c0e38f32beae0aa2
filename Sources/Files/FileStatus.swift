#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The status of a file from the file system. Links are followed unless the caller asks for the link itself.
package struct FileStatus {
  /// Device and inode: the same for every name of a file.
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

  /// The status of an open file.
  package init?(_ descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.status = status
  }

  /// The status of an open file.
  package init?(descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.status = status
  }

  /// Device and inode, which identify the file by whatever name.
  package var identity: Identity { Identity(device: status.st_dev, inode: status.st_ino) }
  /// False for folders, pipes, devices, and a link that was not followed.
  package var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }
  /// Whether the path is a folder.
  package var isDirectory: Bool { status.st_mode & S_IFMT == S_IFDIR }
  /// The permission bits, without the file type.
  package var mode: mode_t { status.st_mode & 0o777 }
  /// The size, including holes.
  package var bytes: Int64 { Int64(status.st_size) }
  /// The time of the last change of its content, in seconds since 1970.
  package var changedSeconds: Int64 { Int64(status.st_mtim.tv_sec) }
  /// The number of names (hard links) of the file.
  package var linkCount: Int { Int(status.st_nlink) }
  /// The group that owns the file, by number.
  package var group: gid_t { status.st_gid }
  /// Whether it belongs to the effective user of this process.
  package var isOwn: Bool { status.st_uid == geteuid() }
  /// The number of names (hard links) of the file.
  package var names: Int { Int(status.st_nlink) }
  /// User and group, as numbers.
  package var owner: FileOwner { FileOwner(user: status.st_uid, group: status.st_gid) }
}
