/// A place in a Lua source text.
package struct SourcePosition: Comparable, Hashable, Sendable, CustomStringConvertible {
  // Positions fill the tree and the stack of the parser, so they are kept at half the width of `Int`.
  private let storedOffset: UInt32
  private let storedLine: UInt32
  private let storedColumn: UInt32

  /// Makes a position: `offset` in bytes from 0, `line` and `column` from 1, each at most `UInt32.max`.
  package init(offset: Int, line: Int, column: Int) {
    storedOffset = UInt32(clamping: offset)
    storedLine = UInt32(clamping: line)
    storedColumn = UInt32(clamping: column)
  }

  /// The distance from the start of the text, in bytes, from 0.
  package var offset: Int { Int(storedOffset) }
  /// The line, from 1; `\r\n` and `\n\r` end one line, as Lua counts them.
  package var line: Int { Int(storedLine) }
  /// The column in Unicode scalars of the line, from 1.
  package var column: Int { Int(storedColumn) }

  /// The first place of any text: offset 0, line 1, column 1.
  package static let start = SourcePosition(offset: 0, line: 1, column: 1)

  /// The order of the text: by offset alone.
  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    left.offset < right.offset
  }

  /// The position as `line:column`.
  package var description: String { "\(line):\(column)" }
}
