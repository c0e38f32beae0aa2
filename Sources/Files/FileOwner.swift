#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The user and the group that a file belongs to.
package struct FileOwner: Equatable, Sendable {
  let user: uid_t
  let group: gid_t

  /// The owner for new files next to a store when root creates them; nil for other users, who cannot change owners.
  ///
  /// Without it, a command that root runs once would lock the service's own user out of the store.
  package static func beside(_ store: String) -> FileOwner? { geteuid() == 0 ? FileStatus(store)?.owner : nil }

  /// The user's name, or the number if the user has no name.
  package var userName: String { getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "\(user)" }
}
