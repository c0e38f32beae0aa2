/// Who gave a command, for the record.
package struct Actor: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name that was given, or the system user.
  package var name: String
  /// The system user that ran the command, when `name` is another one; nil when they are the same.
  package var systemUser: String?

  /// A `systemUser` that equals `name` is dropped.
  package init(_ name: String, systemUser: String? = nil) {
    self.name = name
    self.systemUser = systemUser == name ? nil : systemUser
  }

  /// An actor without a system user, for tests and the program itself.
  package init(stringLiteral name: String) { self.init(name) }
}
