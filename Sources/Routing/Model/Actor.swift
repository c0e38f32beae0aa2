/// Who ran a command, as the audit records it.
package struct Actor: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name given with the command, or the system user.
  package var name: String
  /// The system user who ran the command, if it differs from `name`; otherwise nil.
  package var systemUser: String?

  /// Drops `systemUser` if it equals `name`.
  package init(_ name: String, systemUser: String? = nil) {
    self.name = name
    self.systemUser = systemUser == name ? nil : systemUser
  }

  /// An actor without a system user, for tests and the program itself.
  package init(stringLiteral name: String) { self.init(name) }
}
