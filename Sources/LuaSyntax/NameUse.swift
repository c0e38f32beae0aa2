/// An identifier used as a variable, with the variable it refers to.
package struct NameUse: Equatable, Sendable {
  /// The identifier.
  package let text: String
  /// The range of the identifier.
  package let range: SourceRange
  /// The variable it refers to.
  package let binding: Binding
}
