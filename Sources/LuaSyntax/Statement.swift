/// A Lua statement.
package struct Statement: Equatable, Sendable {
  /// The kind of a statement, with its parts.
  package indirect enum Kind: Equatable, Sendable {
    /// A lone `;`.
    case empty
    /// `local a, b <const> = values`; the variables are indices into `Chunk.locals`.
    case local(variables: [Int], values: [Expression])
    /// `targets = values`; a target is a name or an expression that ends in a field or an index.
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
    /// The condition of the clause.
    package let condition: Expression
    /// The block that runs when the condition is true.
    package let block: Block
  }

  /// The target of a `function` statement.
  package struct FunctionTarget: Equatable, Sendable {
    /// The variable: the target itself when `path` is empty, else the table where the path starts.
    package let base: NameUse
    /// The fields after the variable, in order; for a method, the last one is its name.
    package let path: [Name]
  }

  /// The kind of the statement, with its parts.
  package let kind: Kind
  /// From its first token to its last.
  package let range: SourceRange
}
