import Files
import Foundation
import Representations
import Routing
import Synchronization
import Terminal
import Wire

/// The output of commands: data on standard output, which carries nothing else, and messages for the person at the
/// terminal on standard error.
enum TerminalOutput {
  /// Prints a text of one or more lines on standard error. Control characters are escaped.
  static func note(_ text: String) { note(StyledText(text)) }

  /// The value of `--color`.
  static let colourChoice = Mutex(Colours.Choice.auto)

  /// Whether a stream gets colours.
  static func colours(of descriptor: Int32) -> Colours {
    Colours(
      colourChoice.withLock { $0 }, environment: ProcessInfo.processInfo.environment,
      isTerminal: isatty(descriptor) == 1)
  }

  /// The same with tones. On a terminal, lines that are too long break between words. Digests of revisions are short.
  static func note(_ text: StyledText) {
    var short = StyledText()
    let digests = ShortDigests(telling: [text.plain])
    for span in text.spans { short.append(digests.shortening(span.text), span.tone) }
    if let columns = columns(of: STDERR_FILENO) { short = short.wrapped(to: columns) }
    write(short.text(colours(of: STDERR_FILENO)) + "\n", to: STDERR_FILENO)
  }

  /// Prints an error: `usher: what is wrong`.
  static func error(_ text: String) { note(StyledText("usher:", .bad) + StyledText(" " + text)) }

  /// Writes styled data. Standard output gets colours if it is a terminal or `--color` asks for them, plain text otherwise.
  static func write(_ text: StyledText) {
    let colours = colours(of: STDOUT_FILENO)
    write(isatty(STDOUT_FILENO) == 1 || colours.areOn ? text.text(colours) : text.plain, to: STDOUT_FILENO)
  }

  /// Writes a report or an answer. A table is as wide as the terminal, if standard output is one.
  static func write(_ representation: some Representation, _ format: ListingFormat) {
    guard format == .table else { return write(representation.text(format)) }
    write(representation.table(columns: outputColumns))
  }

  /// Help and manual pages: one screen at a time where standard output is a terminal that is too small for the text.
  static func page(_ text: StyledText) {
    guard let screen = screen(of: STDOUT_FILENO), Pager.needed(for: text.plain, on: screen),
      let pager = Pager(environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) == 1),
      pager.show(Array(text.text(colours(of: STDOUT_FILENO)).utf8))
    else { return write(text) }
  }

  /// The columns of the terminal on standard output; nil where it is not a terminal.
  static var outputColumns: Int? { columns(of: STDOUT_FILENO) }

  private static func columns(of descriptor: Int32) -> Int? { screen(of: descriptor)?.columns }

  private static func screen(of descriptor: Int32) -> ScreenSize? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Writes data to standard output. On a terminal control characters are escaped.
  static func write(_ text: String) {
    guard isatty(STDOUT_FILENO) == 1 else { return write(text, to: STDOUT_FILENO) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    write(lines.map { terminalSafe(String($0)) }.joined(separator: "\n"), to: STDOUT_FILENO)
  }

  static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  private static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + start, bytes.count - start) }
      if written < 0 && errno == EINTR { continue }
      if written <= 0 { return fail(descriptor, errno) }
      start += written
    }
  }

  /// Ends the program after a failed write: quietly if the reader went away, with an error if a disk did not take the data.
  private static func fail(_ descriptor: Int32, _ code: Int32) {
    guard descriptor == STDOUT_FILENO, [ENOSPC, EDQUOT, EIO, EFBIG].contains(code) else { return }
    let problem = FileProblem("standard output is incomplete", path: "that file", code: code)
    error(problem.description)
    _exit(1)
  }
}
