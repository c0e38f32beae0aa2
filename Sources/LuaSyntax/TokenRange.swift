/// From the first to the last byte of the token at a position. If no token begins there: the one byte at the position,
/// or an empty range at the end.
package func rangeOfToken(at position: SourcePosition, in source: [UInt8]) -> SourceRange {
  var lexer = Lexer(source)
  while let token = try? lexer.next(), token.kind != .endOfFile, token.start <= position {
    if token.start == position { return SourceRange(start: token.start, end: token.end) }
  }
  let hasByte = position.offset < source.count && !source[position.offset].isLineEnd
  let end = SourcePosition(
    offset: position.offset + (hasByte ? 1 : 0), line: position.line, column: position.column + (hasByte ? 1 : 0))
  return SourceRange(start: position, end: end)
}
