/// Who gave a command, for the record.
package struct Actor: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name that was given, or the system user.
  package var name: String
  /// The system user that ran the command, when `name` is another one; nil when they are the same.
  package var systemUser: String?

  package init(_ name: String, systemUser: String? = nil) {
    self.name = name
    self.systemUser = systemUser == name ? nil : systemUser
  }

  package init(stringLiteral name: String) { self.init(name) }
}
