/// A Lua expression.
package struct Expression: Equatable, Sendable {
  /// The kind of an expression, with its parts.
  package indirect enum Kind: Equatable, Sendable {
    /// `nil`
    case `nil`
    /// `true` or `false`
    case boolean(Bool)
    /// An integer numeral.
    case integer(Int64)
    /// A float numeral.
    case float(Double)
    /// A string, as the bytes it denotes; they may be invalid UTF-8.
    case string([UInt8])
    /// `...`
    case vararg
    /// `function() end`
    case function(FunctionBody)
    /// A variable.
    case name(NameUse)
    /// `{ entries }`
    case table(TableConstructor)
    /// An expression in parentheses.
    case parenthesized(Expression)
    /// A name or an expression in parentheses, with at least one suffix. Suffixes apply from left to right.
    case suffixed(base: Expression, suffixes: [Suffix])
    /// A prefix operator.
    case unary(UnaryOperator, Expression)
    /// An operand and at least one step. Steps apply strictly from left to right; precedence is already resolved.
    ///
    /// `a * b + c` is `a` with the steps `* b` and `+ c`; `a + b * c` has the single step `+ (b * c)`.
    case binary(first: Expression, steps: [BinaryStep])
  }

  /// One operator of a chain and its right operand.
  package struct BinaryStep: Equatable, Sendable {
    /// The operator.
    package let operation: BinaryOperator
    /// The position of the operator.
    package let position: SourcePosition
    /// The right operand.
    package let operand: Expression
  }

  /// A field, an index or a call that follows a name or an expression in parentheses.
  package struct Suffix: Equatable, Sendable {
    /// The kind of a suffix, with its parts.
    package enum Kind: Equatable, Sendable {
      /// `.name`
      case field(Name)
      /// `[key]`
      case index(Expression)
      /// `(arguments)`; a single string or table needs no parentheses
      case call([Expression])
      /// `:name(arguments)`
      case method(Name, [Expression])
    }

    /// The kind of the suffix, with its parts.
    package let kind: Kind
    /// From its first token to its last.
    package let range: SourceRange

    /// Whether the suffix is a call.
    package var isCall: Bool {
      switch kind {
      case .call, .method: true
      case .field, .index: false
      }
    }
  }

  /// The kind of the expression, with its parts.
  package let kind: Kind
  /// From its first token to its last.
  package let range: SourceRange

  /// Creates an expression, for example for the part of a chain to the left of an operator.
  package init(kind: Kind, range: SourceRange) {
    self.kind = kind
    self.range = range
  }

  /// The expression without the parentheses around it.
  package var unwrapped: Expression {
    var inner = self
    while case .parenthesized(let next) = inner.kind { inner = next }
    return inner
  }

  /// The value of a string, with replacement characters for invalid UTF-8; nil for any other expression.
  package var stringText: String? {
    if case .string(let bytes) = kind { return String(decoding: bytes, as: UTF8.self) }
    return nil
  }
}
