/// The parameters and the statements of a function.
package struct FunctionBody: Equatable, Sendable {
  /// The function's number: functions are numbered in the order in which their bodies begin; the main one is 0.
  package let number: Int
  /// The parameters as indices into `Chunk.locals`, in order, with an implicit `self` first.
  package let parameters: [Int]
  /// Whether the parameters end in `...`.
  package let isVararg: Bool
  /// Whether the first parameter is an implicit `self`.
  package let isMethod: Bool
  /// The statements.
  package let block: Block
  /// From the word `function` to the word `end`.
  package let range: SourceRange
}
