/// The role of a piece of text, which determines its colour. The text says the same without colour.
package enum Tone: Sendable {
  case plain
  /// The name of a column or a section.
  case heading
  /// The text that a reader looks for first.
  case strong
  /// Rules, separators, and secondary text.
  case faint
  case good, warning, bad
  /// A line across the screen.
  case bar

  /// The sequence that switches a terminal to the tone. It uses at most the sixteen standard colours, which users can choose.
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
