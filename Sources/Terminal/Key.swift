/// A key that was pressed.
package enum Key: Equatable, Sendable {
  case character(Character)
  /// A key with Ctrl, as its lower-case letter.
  case control(Character)
  case up, down, left, right, pageUp, pageDown, home, end
  case enter, escape, backspace, tab
}
