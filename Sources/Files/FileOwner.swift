#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The user and the group that a file belongs to.
package struct FileOwner: Equatable, Sendable {
  let user: uid_t
  let group: gid_t

  /// The owner for new files beside a store when root makes them; nil for other users, who cannot give files away.
  ///
  /// Without it a command that root runs once would lock the service's own user out of the store.
  package static func beside(_ store: String) -> FileOwner? { geteuid() == 0 ? FileStatus(store)?.owner : nil }

  /// The user's name, or the number where it has none.
  package var userName: String { getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "\(user)" }
}
