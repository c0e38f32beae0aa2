#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who may read and write a file.
package enum FileMode: Sendable {
  /// It may contain personal data. Readable by its owner, and by its group if the store is readable by its group;
  /// regardless of the umask.
  case personal(store: String?)
  /// The umask applies; a file that is replaced keeps its mode.
  case ordinary

  /// The mode of files that belong to a store: the store's own mode without permissions for others.
  ///
  /// If the group may read the store, it may read these files too.
  package static func beside(_ store: String) -> mode_t {
    ((FileStatus(store)?.mode ?? 0) & 0o060) | 0o600
  }
}

/// Finds and closes files of a store that every user of the machine can read.
package enum FilePrivacy {
  /// The files of a store that every user of this machine may read or write.
  package static func open(of store: String) -> [String] {
    StoreFiles.existing(of: store).filter { isOpen($0) }
  }

  /// Removes the permissions of others from the files of a store that belong to this user, where others had any.
  ///
  /// Returns the changed files. The first version made all of them readable for everyone, and for the owner's own group
  /// without anyone asking for it. So the group keeps its permissions only if the store has a group other than its
  /// owner's primary one, or had no permissions for others before.
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

  /// The group that new files of this user get by default.
  private static var primaryGroup: gid_t { getpwuid(geteuid())?.pointee.pw_gid ?? getegid() }
}
