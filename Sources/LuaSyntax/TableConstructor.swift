/// A `{ ... }` expression.
package struct TableConstructor: Equatable, Sendable {
  /// One entry.
  package enum Entry: Equatable, Sendable {
    /// A value alone, for the next integer key.
    case item(Expression)
    /// `name = value`
    case named(Name, Expression)
    /// `[key] = value`
    case keyed(key: Expression, value: Expression)
  }

  /// The entries, in source order.
  package let entries: [Entry]
  /// From brace to brace.
  package let range: SourceRange
}
