/// A position in a Lua source.
package struct SourcePosition: Comparable, Hashable, Sendable, CustomStringConvertible {
  // The tree and the parser's stack contain many positions, so they are stored at half the width of `Int`.
  private let storedOffset: UInt32
  private let storedLine: UInt32
  private let storedColumn: UInt32

  /// Makes a position: `offset` in bytes from 0, `line` and `column` from 1, each at most `UInt32.max`.
  package init(offset: Int, line: Int, column: Int) {
    storedOffset = UInt32(clamping: offset)
    storedLine = UInt32(clamping: line)
    storedColumn = UInt32(clamping: column)
  }

  /// The distance from the start of the source, in bytes, from 0.
  package var offset: Int { Int(storedOffset) }
  /// The line, from 1; `\r\n` and `\n\r` count as one line end, as in Lua.
  package var line: Int { Int(storedLine) }
  /// The column in Unicode scalars of the line, from 1.
  package var column: Int { Int(storedColumn) }

  /// The start of any source: offset 0, line 1, column 1.
  package static let start = SourcePosition(offset: 0, line: 1, column: 1)

  /// Source order: compares offsets only.
  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    left.offset < right.offset
  }

  /// The position as `line:column`.
  package var description: String { "\(line):\(column)" }
}
