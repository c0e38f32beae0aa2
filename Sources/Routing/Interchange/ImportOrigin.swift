/// Who imports a file, and which: for the audit.
package struct ImportOrigin: Sendable {
  /// The operator, as the audit names them.
  package var actor: Actor
  /// The operator's words for the audit; nil when none were given.
  package var reason: String?
  /// The file's name as it was given; `-` for standard input.
  package var file: String
  /// `sha256:` and 64 hexadecimal digits of the bytes read. Called once, after the last of them.
  package var digest: @Sendable () -> String

  /// `digest` is not called before the file has been read to its end.
  package init(actor: Actor, reason: String?, file: String, digest: @escaping @Sendable () -> String) {
    (self.actor, self.reason, self.file, self.digest) = (actor, reason, file, digest)
  }
}
