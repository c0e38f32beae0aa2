/// A list of statements with a scope of its own.
package struct Block: Equatable, Sendable {
  /// The statements, in source order; only the last one can be a `return`.
  package let statements: [Statement]
  /// From the first statement to the last; empty, at the token that follows, for an empty block.
  package let range: SourceRange

  /// Makes a block, such as the part of another that follows its first statement.
  package init(statements: [Statement], range: SourceRange) {
    self.statements = statements
    self.range = range
  }
}
