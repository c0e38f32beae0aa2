/// A Lua statement.
package struct Statement: Equatable, Sendable {
  /// What the statement is.
  package indirect enum Kind: Equatable, Sendable {
    /// A lone `;`.
    case empty
    /// `local a, b <const> = values`; the variables are indices into `Chunk.locals`.
    case local(variables: [Int], values: [Expression])
    /// `targets = values`; a target is a name or ends in a field or an index.
    case assignment(targets: [Expression], values: [Expression])
    /// A call for its effects.
    case call(Expression)
    /// `do block end`
    case `do`(Block)
    /// `while condition do body end`
    case `while`(condition: Expression, body: Block)
    /// `repeat body until condition`; the condition sees the body's locals.
    case `repeat`(body: Block, condition: Expression)
    /// `if` with its `elseif` clauses in order, and the `else` block.
    case `if`(clauses: [Clause], otherwise: Block?)
    /// `for variable = first, last, step do body end`
    case numericFor(variable: Int, first: Expression, last: Expression, step: Expression?, body: Block)
    /// `for variables in values do body end`
    case genericFor(variables: [Int], values: [Expression], body: Block)
    /// `function base.path:method() end`
    case function(FunctionTarget, FunctionBody)
    /// `local function name() end`; the variable is an index into `Chunk.locals`.
    case localFunction(variable: Int, FunctionBody)
    /// `::label::`
    case label(Name)
    /// `goto label`
    case goto(Name)
    /// `break`
    case `break`
    /// `return values`
    case `return`([Expression])
  }

  /// One `if` or `elseif`.
  package struct Clause: Equatable, Sendable {
    /// What is tested.
    package let condition: Expression
    /// What runs when it holds.
    package let block: Block
  }

  /// What a `function` statement assigns.
  package struct FunctionTarget: Equatable, Sendable {
    /// The variable: what is assigned when `path` is empty, else the table the path starts from.
    package let base: NameUse
    /// The fields after the variable, in order; the last one is the method if the function is one.
    package let path: [Name]
  }

  /// What the statement is.
  package let kind: Kind
  /// From its first token to its last.
  package let range: SourceRange
}
