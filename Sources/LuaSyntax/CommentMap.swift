/// The positions of comments and of code in a Lua source.
package struct CommentMap: Sendable {
  /// The comments in order, from `--` to the last byte: a short comment ends before the line end.
  package let comments: [SourceRange]
  /// The lines on which a token begins or ends, ascending.
  package let codeLines: [Int]

  /// Reads a source; if it is not valid Lua, only the part before the first invalid token.
  package init(_ source: [UInt8]) {
    var lexer = Lexer(source, keepsComments: true)
    var lines: [Int] = []
    while let token = try? lexer.next(), token.kind != .endOfFile {
      for line in [token.start.line, token.end.line] where lines.last != line { lines.append(line) }
    }
    comments = lexer.comments ?? []
    codeLines = lines
  }

  /// The first line with code from `line` on, or nil.
  package func codeLine(from line: Int) -> Int? {
    var (low, high) = (0, codeLines.count)
    while low < high {
      let middle = (low + high) / 2
      if codeLines[middle] < line { low = middle + 1 } else { high = middle }
    }
    return low < codeLines.count ? codeLines[low] : nil
  }
}
