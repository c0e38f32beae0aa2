/// An error that a person or a program can act on.
///
/// Each type declares its code and its text where it is declared itself. The command line prints the text after `usher:` and exits
/// with 1; an API answers with both.
package protocol UsherError: Error {
  /// Which kind of error it is. Programs branch on it; it never changes once it was released.
  var code: ErrorCode { get }
  /// What was expected, what was found, where, and what to do, as one or more sentences without a full stop at the end. Wording may
  /// change with any version.
  var message: String { get }
}
