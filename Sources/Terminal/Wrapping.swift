/// Prose put into lines.
package enum Wrapping {
  /// Breaks between words; a word longer than a line gets one of its own. `after` columns of the first line are taken.
  package static func lines(_ text: String, width: Int, after used: Int = 0) -> [String] {
    var lines: [String] = []
    var (line, room) = ("", width - used)
    for word in text.split(separator: " ") {
      let needed = DisplayWidth.of(String(word)) + (line.isEmpty ? 0 : 1)
      if needed > room, !line.isEmpty {
        lines.append(line)
        (line, room) = (String(word), width - DisplayWidth.of(String(word)))
      } else {
        line += (line.isEmpty ? "" : " ") + word
        room -= needed
      }
    }
    return lines + [line]
  }
}
