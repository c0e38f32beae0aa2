/// The use of a member with a constant name, directly on a variable: `base.member` or `base:member()`.
package struct MemberAccess: Equatable, Sendable {
  /// The syntax of the member access.
  package enum Kind: Hashable, Sendable {
    /// `base.member` or `base["member"]`
    case index
    /// `base:member()`
    case method
  }

  /// The name of the variable.
  package let base: String
  /// The name of the member, with replacement characters for invalid UTF-8 in a quoted name.
  package let member: String
  /// From the first to the last byte of the member's name, including the quotes of a string.
  package let range: SourceRange
  /// The position of the variable.
  package let basePosition: SourcePosition
  /// The syntax of the member access.
  package let kind: Kind
  /// How the member is used; `function base.member()` writes it.
  package let access: Access

  /// The position of the member's name; for `base["member"]`, of the string.
  package var position: SourcePosition { range.start }
}
