/// A command line in a help text, with its purpose.
struct CommandExample: Equatable {
  /// The comment above the line, without the `#`; nil without one.
  let purpose: String?
  let line: String

  /// The words of the line as a shell splits it: a quoted text is one word.
  var words: [String] {
    var (words, word, quote): ([String], String, Character?) = ([], "", nil)
    for character in line {
      if character == " ", quote == nil {
        words.append(word)
        word = ""
        continue
      }
      if quote == character { quote = nil } else if quote == nil, "'\"".contains(character) { quote = character }
      word.append(character)
    }
    return words + [word]
  }

  /// The words, an option together with its value.
  var parts: [String] {
    words.reduce(into: []) { parts, word in
      let isValue = !word.hasPrefix("-") && !["&&", "|", "||", ">", ";"].contains(word)
      if let last = parts.last, last.hasPrefix("--"), !last.contains(" "), isValue {
        parts[parts.count - 1] += " " + word
      } else {
        parts.append(word)
      }
    }
  }

  /// Takes the examples out of a command's discussion: its lines that are indented by two spaces, a line that begins with `#`
  /// being the purpose of the one below. Returns the paragraphs that remain, each on one line.
  static func parse(_ discussion: String) -> (paragraphs: [String], examples: [CommandExample]) {
    var (paragraphs, examples): ([String], [CommandExample]) = ([], [])
    var (paragraph, purpose): ([Substring], String?) = ([], nil)
    func close() {
      if !paragraph.isEmpty { paragraphs.append(paragraph.joined(separator: " ")) }
      paragraph = []
    }
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  # ") {
        purpose = String(line.dropFirst(4))
      } else if line.hasPrefix("  ") {
        close()
        examples.append(CommandExample(purpose: purpose, line: String(line.dropFirst(2))))
        purpose = nil
      } else if line.isEmpty {
        close()
      } else {
        paragraph.append(line)
      }
    }
    close()
    return (paragraphs, examples)
  }
}
