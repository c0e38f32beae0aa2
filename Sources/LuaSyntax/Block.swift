/// A list of statements with a scope of its own.
package struct Block: Equatable, Sendable {
  /// The statements, in source order; only the last one can be a `return`.
  package let statements: [Statement]
  /// From the first statement to the last; for an empty block, an empty range at the next token.
  package let range: SourceRange

  /// Makes a block, for example from the statements after the first one of another block.
  package init(statements: [Statement], range: SourceRange) {
    self.statements = statements
    self.range = range
  }
}
