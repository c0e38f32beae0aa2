/// A parsed Lua source, with every name resolved.
///
/// No branch of the tree is deeper than the parser's limit of syntax levels, so recursive walks are safe: chains of
/// suffixes, of operators of equal precedence and of `elseif` are arrays.
package struct Chunk: Equatable, Sendable {
  /// The statements of the main function.
  package let block: Block
  /// Every local variable and parameter, in the order of declaration; bindings are indices into this.
  package let locals: [LocalVariable]
  /// The number of functions in the source, including the main one, which is number 0.
  package let functionCount: Int
}
