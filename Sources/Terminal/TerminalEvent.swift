/// What reaches a program that has the terminal to itself.
package enum TerminalEvent: Equatable, Sendable {
  case key(Key)
  case resized
  /// It is to go to the background, as after Ctrl-Z.
  case suspended
  /// It is in the foreground again.
  case resumed
  /// It is to end: SIGINT, SIGTERM or SIGHUP, or the terminal is gone.
  case ended
}
