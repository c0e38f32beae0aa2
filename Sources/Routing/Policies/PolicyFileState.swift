/// Why the file of a policy, or of a guard, is not what decides.
package enum PolicyFileState: Equatable, Sendable {
  /// It is missing or does not pass; what is wrong.
  case refused(String)
  /// Nothing is wrong with it, and it waits for an edit or for an operator; why.
  case held(String)
}
