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

  /// Takes the rights of others away from the files of a store that belong to this user, where others had any.
  ///
  /// Returns the files that were changed. The first version made all of them readable for everyone, and for the owner's
  /// own group without anybody having asked for it: the group keeps its rights only where the store has another group
  /// than its owner's primary one, or was closed to others before.
  package static func close(filesOf store: String) -> [String] {
    guard let status = FileStatus(store) else { return [] }
    let isGroupChosen = !isOpen(status) || status.group != primaryGroup
    let most = (isGroupChosen ? status.mode & 0o060 : 0) | 0o700
    return StoreFiles.existing(of: store).filter { path in
      FileStatus(path).map { close(path, to: $0.mode & most) } ?? false
    }
  }

  /// Gives a file that others may read or write `mode`. False when nothing was changed: a pipe, a device, and a file of
  /// another user never are.
  package static func close(_ path: String, to mode: mode_t) -> Bool {
    guard isOpen(path), FileStatus(path)?.isOwn == true else { return false }
    return chmod(path, mode) == 0
  }

  /// Who can read the files now, for a notice: `the owner`, or `the owner and the group`.
  package static func readers(of store: String) -> String {
    FileMode.beside(store) & 0o040 != 0 ? "the owner and the group" : "the owner"
  }

  private static func isOpen(_ path: String) -> Bool { FileStatus(path).map(isOpen) ?? false }

  private static func isOpen(_ status: FileStatus) -> Bool { status.isRegular && status.mode & 0o007 != 0 }

  /// The group that new files of this user have where nobody chose another.
  private static var primaryGroup: gid_t { getpwuid(geteuid())?.pointee.pw_gid ?? getegid() }
}
