import Wire

extension StyledText {
  /// Breaks lines that are wider than `width` at spaces; nil: breaks none. The parts keep the line's indentation. Lines that fit
  /// stay as they are, with all of their spaces. Everything that could steer a terminal becomes an escape, except the ends of lines.
  package func wrapped(to width: Int?) -> StyledText {
    var result = StyledText()
    for (number, line) in lines.enumerated() {
      if number > 0 { result.append("\n") }
      result.append(width.map { line.width > $0 ? line.broken(to: $0) : line } ?? line)
    }
    return result
  }

  private var lines: [StyledText] {
    var lines = [StyledText()]
    for span in spans {
      for (number, part) in span.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if number > 0 { lines.append(StyledText()) }
        lines[lines.count - 1].append(terminalSafe(String(part)), span.tone)
      }
    }
    return lines
  }

  /// Breaks one line. A word can have several tones.
  private func broken(to width: Int) -> StyledText {
    let indent = String(plain.prefix { $0 == " " })
    var (result, word, used) = (StyledText(), StyledText(), 0)
    func place() {
      guard !word.isEmpty else { return }
      let isFirst = used == 0
      if !isFirst, used + 1 + word.width <= width {
        result.append(" ")
        used += 1
      } else {
        result.append((isFirst ? "" : "\n") + indent)
        used = indent.count
      }
      result.append(word)
      used += word.width
      word = StyledText()
    }
    for span in spans {
      for (number, part) in span.text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
        if number > 0 { place() }
        word.append(String(part), span.tone)
      }
    }
    place()
    return result
  }
}
