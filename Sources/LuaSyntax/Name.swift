/// An identifier that is not a variable: a field, a method, a label.
package struct Name: Equatable, Sendable {
  /// The identifier.
  package let text: String
  /// The range of the identifier.
  package let range: SourceRange
}
