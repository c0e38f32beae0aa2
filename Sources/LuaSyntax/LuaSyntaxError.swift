/// Why a source is not a Lua 5.4 chunk.
///
/// `position.line` is the line that Lua's own message would begin with, except that Lua reports no line when nesting is
/// too deep.
package struct LuaSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  // Each call of the recursive parser reserves space for an error, so an error is a single reference.
  private final class Storage: Sendable {
    let position: SourcePosition
    let message: String
    let hint: String?
    let related: SourcePosition?

    init(position: SourcePosition, message: String, hint: String?, related: SourcePosition?) {
      self.position = position
      self.message = message
      self.hint = hint
      self.related = related
    }
  }

  private let storage: Storage

  /// Makes an error; `hint` and `related` are nil by default.
  package init(
    position: SourcePosition, message: String, hint: String? = nil, related: SourcePosition? = nil
  ) {
    storage = Storage(position: position, message: message, hint: hint, related: related)
  }

  /// The position at which Lua rejects the source.
  package var position: SourcePosition { storage.position }
  /// What is wrong, such as `expected 'end' (to close 'function' at line 3), found 'else'`.
  package var message: String { storage.message }
  /// What the author probably intended, if that can be guessed.
  package var hint: String? { storage.hint }
  /// The other position in the message: the opening that is not closed, the goto, the first label.
  package var related: SourcePosition? { storage.related }

  /// Whether two errors have the same message, hint and positions.
  package static func == (left: LuaSyntaxError, right: LuaSyntaxError) -> Bool {
    left.position == right.position && left.message == right.message && left.hint == right.hint
      && left.related == right.related
  }

  /// The error as `line:column: message (hint)`.
  package var description: String {
    let suffix = hint.map { " (\($0))" } ?? ""
    return "\(position): \(message)\(suffix)"
  }
}
