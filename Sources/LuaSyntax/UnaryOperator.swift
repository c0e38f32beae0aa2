/// A prefix operator; the raw value is its spelling.
package enum UnaryOperator: String, Hashable, Sendable {
  /// Arithmetic negation.
  case negate = "-"
  /// Logical negation.
  case not = "not"
  /// Length.
  case length = "#"
  /// Bitwise negation.
  case complement = "~"

  /// The precedence of a prefix operator over its operand, on the scale of `BinaryOperator.left`.
  static let priority = 12

  init?(_ kind: Token.Kind) {
    switch kind {
    case .fixed(.minus): self = .negate
    case .fixed(.not): self = .not
    case .fixed(.hash): self = .length
    case .fixed(.tilde): self = .complement
    default: return nil
    }
  }
}
