/// An identifier where it stands for itself: a field, a method, a label.
package struct Name: Equatable, Sendable {
  /// The identifier.
  package let text: String
  /// Where it stands.
  package let range: SourceRange
}
