#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who may read and write a file.
package enum FileMode: Sendable {
  /// It may tell of people. Its owner; also the group where the store may be read by its group. Whatever the umask.
  case personal(store: String?)
  /// As the umask says; a file that is replaced keeps what it had.
  case ordinary

  /// The mode of files that belong to a store: its own, without others.
  ///
  /// A store that its group may read has files that its group may read.
  package static func beside(_ store: String) -> mode_t {
    ((FileStatus(store)?.mode ?? 0) & 0o060) | 0o600
  }
}

/// Files of a store that every user of the machine could read, and no longer can.
package enum FilePrivacy {
  /// Which files of a store every user of this machine may read or write.
  package static func open(of store: String) -> [String] {
    StoreFiles.existing(of: store).filter { isOpen($0) }
  }

  /// Takes the rights of others away from the files of a store that belong to this user; the group's stay.
  ///
  /// Returns the files that were changed. The first version made all of them readable for everyone.
  package static func close(filesOf store: String) -> [String] {
    StoreFiles.existing(of: store).filter { close($0) }
  }

  /// The same for one file. False when nothing was changed: a pipe, a device, and a file of another user never are.
  package static func close(_ path: String) -> Bool {
    guard isOpen(path), let status = FileStatus(path), status.isOwn else { return false }
    return chmod(path, status.mode & 0o770) == 0
  }

  private static func isOpen(_ path: String) -> Bool {
    guard let status = FileStatus(path), status.isRegular else { return false }
    return status.mode & 0o007 != 0
  }
}
