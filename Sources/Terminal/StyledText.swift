import Wire

/// Text with tones. `"\("usher:", .bad) what went wrong"` makes one.
///
/// It contains text and tones, never terminal sequences, so that text from a file or a store cannot control the terminal that
/// shows it.
package struct StyledText: Equatable, Sendable {
  /// A piece of text in one tone.
  package struct Span: Equatable, Sendable {
    /// Never empty; may hold ends of lines.
    package var text: String
    /// The tone for coloured output.
    package var tone: Tone
  }

  /// In order; neighbours differ in tone.
  package private(set) var spans: [Span] = []

  /// Empty.
  package init() {}
  /// One span, or none for an empty text.
  package init(_ text: String, _ tone: Tone = .plain) { append(text, tone) }

  /// Extends the last span if the tone is the same.
  package mutating func append(_ text: String, _ tone: Tone = .plain) {
    guard !text.isEmpty else { return }
    if let last = spans.last, last.tone == tone {
      spans[spans.count - 1].text += text
    } else {
      spans.append(Span(text: text, tone: tone))
    }
  }

  /// Keeps the tones of both.
  package mutating func append(_ other: StyledText) {
    for span in other.spans { append(span.text, span.tone) }
  }

  /// Joins two texts with their tones.
  package static func + (a: StyledText, b: StyledText) -> StyledText {
    var sum = a
    sum.append(b)
    return sum
  }

  package static func += (a: inout StyledText, b: StyledText) { a.append(b) }

  /// Whether it has no characters.
  package var isEmpty: Bool { spans.isEmpty }

  /// Only the text, as it was given.
  package var plain: String { spans.map(\.text).joined() }

  /// The text for a terminal: control characters other than line ends are escaped. Coloured if `colours` are on.
  package func text(_ colours: Colours) -> String {
    spans.map { span in
      let lines = span.text.split(separator: "\n", omittingEmptySubsequences: false).map { terminalSafe(String($0)) }
      guard colours.areOn, let sequence = span.tone.sequence else { return lines.joined(separator: "\n") }
      // A tone ends with its line, so that a pager that shows only some lines shows them correctly.
      return lines.map { $0.isEmpty ? "" : sequence + $0 + "\u{1B}[0m" }.joined(separator: "\n")
    }.joined()
  }
}

extension StyledText: ExpressibleByStringInterpolation {
  /// Plain text; allows a literal where styled text is expected.
  package init(stringLiteral value: String) { self.init(value) }

  /// Made by the compiler from `"…\(text, tone)…"`.
  package init(stringInterpolation: Interpolation) { self = stringInterpolation.text }

  /// Collects the parts of an interpolated literal.
  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = StyledText()
    /// The sizes are hints of the compiler and are not used.
    package init(literalCapacity: Int, interpolationCount: Int) {}
    /// Appends a plain part.
    package mutating func appendLiteral(_ literal: String) { text.append(literal) }
    /// `\(value, .bad)`: a value in a tone, plain without one.
    package mutating func appendInterpolation(_ value: some CustomStringConvertible, _ tone: Tone = .plain) {
      text.append("\(value)", tone)
    }
    /// `\(text)`: styled text keeps its tones.
    package mutating func appendInterpolation(_ value: StyledText) { text.append(value) }
  }
}

// MARK: - Lines of a screen

extension StyledText {
  /// The width in columns, for a text of one line.
  package var width: Int { spans.reduce(0) { $0 + DisplayWidth.of(terminalSafe($1.text)) } }

  /// At most `width` columns of the text; an ellipsis replaces the rest. Control characters are escaped, including line
  /// ends.
  package func cut(to width: Int) -> StyledText {
    guard width > 0 else { return StyledText() }
    var result = StyledText()
    for span in spans { result.append(terminalSafe(span.text), span.tone) }
    guard result.width > width else { return result }
    var (shorter, room) = (StyledText(), width - 1)
    for span in result.spans {
      let text = DisplayWidth.prefix(of: span.text, columns: room)
      shorter.append(text, span.tone)
      room -= DisplayWidth.of(text)
      if text.count < span.text.count {
        shorter.append("…", span.tone)
        break
      }
    }
    return shorter
  }

  /// Exactly `width` columns: cut, or padded with spaces at the end, or at the beginning for figures.
  package func fitted(to width: Int, isFigure: Bool = false) -> StyledText {
    let text = cut(to: width)
    let space = StyledText(String(repeating: " ", count: max(0, width - text.width)))
    return isFigure ? space + text : text + space
  }

  /// The whole text in one tone.
  package func toned(_ tone: Tone) -> StyledText { StyledText(plain, tone) }
}
