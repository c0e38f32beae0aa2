/// What a piece of text is, for those who see colours. It never says more than the text does.
package enum Tone: Sendable {
  case plain
  /// The name of a column, a section.
  case heading
  /// What a reader looks for first.
  case strong
  /// Rules, separators, what is there for completeness.
  case faint
  case good, warning, bad
  /// A line across the screen.
  case bar

  /// What switches a terminal to the tone: one of its sixteen colours at most, which its owner has chosen to be readable.
  var sequence: String? {
    switch self {
    case .plain: nil
    case .heading, .strong: "\u{1B}[1m"
    case .faint: "\u{1B}[2m"
    case .good: "\u{1B}[32m"
    case .warning: "\u{1B}[33m"
    case .bad: "\u{1B}[1;31m"
    case .bar: "\u{1B}[7m"
    }
  }
}
