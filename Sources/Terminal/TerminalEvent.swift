/// An event for a program that controls the whole terminal.
package enum TerminalEvent: Equatable, Sendable {
  case key(Key)
  case resized
  /// The program must go to the background, as after Ctrl-Z.
  case suspended
  /// The program is in the foreground again.
  case resumed
  /// The program must end: SIGINT, SIGTERM or SIGHUP, or the terminal is gone.
  case ended
}
