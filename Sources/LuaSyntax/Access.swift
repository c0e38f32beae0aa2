/// How a variable or a member is used.
package enum Access: Hashable, Sendable {
  /// Its value is read.
  case read
  /// It is assigned.
  case write
  /// It is called, as a function or as a method.
  case call
}
