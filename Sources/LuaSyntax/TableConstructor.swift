/// A `{ ... }` expression.
package struct TableConstructor: Equatable, Sendable {
  /// One entry.
  package enum Entry: Equatable, Sendable {
    /// A value without a key, stored at the next integer key.
    case item(Expression)
    /// `name = value`
    case named(Name, Expression)
    /// `[key] = value`
    case keyed(key: Expression, value: Expression)
  }

  /// The entries, in source order.
  package let entries: [Entry]
  /// From the opening to the closing brace.
  package let range: SourceRange
}
