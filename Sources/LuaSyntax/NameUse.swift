/// An identifier used as a variable, with its meaning.
package struct NameUse: Equatable, Sendable {
  /// The identifier.
  package let text: String
  /// Where it stands.
  package let range: SourceRange
  /// The variable it means.
  package let binding: Binding
}
