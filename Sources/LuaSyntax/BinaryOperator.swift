/// An operator between two operands; the raw value is its spelling.
package enum BinaryOperator: String, Hashable, Sendable {
  /// Addition.
  case add = "+"
  /// Subtraction.
  case subtract = "-"
  /// Multiplication.
  case multiply = "*"
  /// Float division.
  case divide = "/"
  /// Floor division.
  case floorDivide = "//"
  /// Modulo.
  case modulo = "%"
  /// Exponentiation.
  case power = "^"
  /// Concatenation.
  case concatenate = ".."
  /// Bitwise and.
  case bitAnd = "&"
  /// Bitwise or.
  case bitOr = "|"
  /// Bitwise exclusive or.
  case bitXor = "~"
  /// Shift to the left.
  case shiftLeft = "<<"
  /// Shift to the right.
  case shiftRight = ">>"
  /// Equality.
  case equal = "=="
  /// Inequality.
  case notEqual = "~="
  /// Less than.
  case less = "<"
  /// Less than or equal.
  case lessOrEqual = "<="
  /// Greater than.
  case greater = ">"
  /// Greater than or equal.
  case greaterOrEqual = ">="
  /// Short-circuit and.
  case and = "and"
  /// Short-circuit or.
  case or = "or"

  /// The precedence of the operator over its left operand.
  var left: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
    case .bitOr: 4
    case .bitXor: 5
    case .bitAnd: 6
    case .shiftLeft, .shiftRight: 7
    case .concatenate: 9
    case .add, .subtract: 10
    case .multiply, .divide, .floorDivide, .modulo: 11
    case .power: 14
    }
  }

  /// The precedence of the operator over its right operand; less than `left` for right-associative operators.
  var right: Int {
    switch self {
    case .concatenate: 8
    case .power: 13
    default: left
    }
  }

  init?(_ kind: Token.Kind) {
    guard case .fixed(let lexeme) = kind else { return nil }
    switch lexeme {
    case .plus: self = .add
    case .minus: self = .subtract
    case .star: self = .multiply
    case .slash: self = .divide
    case .doubleSlash: self = .floorDivide
    case .percent: self = .modulo
    case .caret: self = .power
    case .concatenation: self = .concatenate
    case .ampersand: self = .bitAnd
    case .pipe: self = .bitOr
    case .tilde: self = .bitXor
    case .shiftLeft: self = .shiftLeft
    case .shiftRight: self = .shiftRight
    case .equal: self = .equal
    case .notEqual: self = .notEqual
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    case .and: self = .and
    case .or: self = .or
    default: return nil
    }
  }
}
