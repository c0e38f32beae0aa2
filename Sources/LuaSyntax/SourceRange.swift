/// A range of a Lua source, from `start` up to but not including `end`.
package struct SourceRange: Hashable, Sendable, CustomStringConvertible {
  /// The position of the first byte.
  package var start: SourcePosition
  /// The position just past the last byte.
  package var end: SourcePosition

  /// Makes a range; `end` is never before `start`.
  package init(start: SourcePosition, end: SourcePosition) {
    self.start = start
    self.end = end
  }

  /// The range as `line:column-line:column`.
  package var description: String { "\(start)-\(end)" }
}
