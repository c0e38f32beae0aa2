import Foundation

/// A real terminal: a separate tmux server with one pane that runs a shell.
final class TmuxTerminal {
  static let program = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Failure: Error, CustomStringConvertible { let description: String }

  private let program: String
  private let socket: String

  /// Starts the server. `program` is the path of tmux.
  init(_ program: String, columns: Int, rows: Int, in folder: String) throws {
    (self.program, socket) = (program, folder + "/tmux")
    // Without a user's settings, and with a prompt that a test can find.
    try run([
      "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", folder,
      "env -u NO_COLOR -u CLICOLOR_FORCE PS1='READY> ' LC_ALL=C.UTF-8 bash --norc --noprofile",
    ])
    try shows("READY>")
  }

  deinit { _ = try? run(["kill-server"]) }

  /// The text on the screen.
  func screen() throws -> String { try run(["capture-pane", "-p"]) }

  /// The text on the screen with its colour sequences.
  func colouredScreen() throws -> String { try run(["capture-pane", "-p", "-e"]) }

  func type(_ text: String) throws { try run(["send-keys", "-l", text]) }

  /// A key by its tmux name: `Enter`, `C-z`, `PageDown`.
  func press(_ key: String) throws { try run(["send-keys", key]) }

  /// Several keys, one after the other.
  func press(_ keys: [String]) throws { try run(["send-keys", "--"] + keys) }

  func resize(columns: Int, rows: Int) throws { try run(["resize-window", "-x", "\(columns)", "-y", "\(rows)"]) }

  /// A tmux variable of the pane, such as `cursor_flag` or `alternate_on`.
  func fact(_ name: String) throws -> String {
    try run(["display-message", "-p", "#{\(name)}"]).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Waits until the screen shows the expected text.
  func shows(_ text: String) throws { try shows("shows '\(text)'") { $0.contains(text) } }

  func shows(_ what: String, _ condition: (String) -> Bool) throws {
    var last = ""
    do {
      try eventually("the terminal \(what)") {
        last = try screen()
        if condition(last) { return true }
        // Each check starts a process.
        usleep(50_000)
        return false
      }
    } catch let error as UsherProcess.TookTooLong {
      throw Failure(description: "\(error)\n--- screen\n\(last)")
    }
  }

  /// tmux leaves a server behind, which must not inherit the descriptors by which `Process` detects that a child has
  /// ended.
  private static let closing = """
    for fd in /proc/$$/fd/*; do fd=${fd##*/}; ((fd > 2)) && eval "exec $fd>&-"; done
    exec "$@"
    """

  @discardableResult
  private func run(_ arguments: [String]) throws -> String {
    let outcome = try UsherProcess(
      ["-c", TmuxTerminal.closing, "bash", program, "-S", socket] + arguments, program: ("/bin/bash", [])
    ).end()
    guard outcome.code == 0 else { throw Failure(description: "\(outcome)") }
    return outcome.text
  }
}
