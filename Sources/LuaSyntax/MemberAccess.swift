/// The use of a member with a constant name, directly on a variable: `base.member` or `base:member()`.
package struct MemberAccess: Equatable, Sendable {
  /// How the member is written.
  package enum Kind: Hashable, Sendable {
    /// `base.member` or `base["member"]`
    case index
    /// `base:member()`
    case method
  }

  /// The name of the variable.
  package let base: String
  /// The name of the member; replacement characters stand where a quoted one is not UTF-8.
  package let member: String
  /// From the first to the last byte of the member's name, with the quotes of a string.
  package let range: SourceRange
  /// Where the variable stands.
  package let basePosition: SourcePosition
  /// How the member is written.
  package let kind: Kind
  /// How the member is used; `function base.member()` writes it.
  package let access: Access

  /// Where the member's name stands; for `base["member"]`, where the string does.
  package var position: SourcePosition { range.start }
}
