/// Why the file of a policy or guard is not the one in use.
package enum PolicyFileState: Equatable, Sendable {
  /// The file is missing or failed a check; the text says what is wrong.
  case refused(String, code: ReasonCode?)
  /// The file is valid but waits for an edit or an operator; the text says why.
  case held(String, code: ReasonCode?)
}
