/// Who imports which file, for the audit.
package struct ImportOrigin: Sendable {
  /// The operator, as the audit names them.
  package var actor: Actor
  /// The operator's reason for the audit; nil if none was given.
  package var reason: String?
  /// The file's name as given; `-` for standard input.
  package var file: String
  /// `sha256:` and 64 hexadecimal digits of the bytes read. Called once, after the last byte.
  package var digest: @Sendable () -> String

  /// `digest` is called only after the whole file was read.
  package init(actor: Actor, reason: String?, file: String, digest: @escaping @Sendable () -> String) {
    (self.actor, self.reason, self.file, self.digest) = (actor, reason, file, digest)
  }
}
