/// An error that a person or a program can act on.
///
/// Each type declares its code and its message next to its own declaration. The command line prints the message after
/// `usher:` and exits with 1; an API returns both.
package protocol UsherError: Error {
  /// The kind of error. Programs branch on it; it never changes once it is released.
  var code: ErrorCode { get }
  /// One or more sentences without a final full stop: what was expected, what was found, where, and what to do. The
  /// wording may change with any version.
  var message: String { get }
}
