import Foundation
import RoutingTestKit
import Testing

/// Help in a real terminal: one screen at a time.
@Suite(.enabled(if: TmuxTerminal.program != nil, "tmux is not installed: help was not paged in a terminal"))
struct PagerTerminalTests {
  private let folder = TestFolder()
  private let terminal: TmuxTerminal

  init() throws { terminal = try TmuxTerminal(TmuxTerminal.program!, columns: 80, rows: 24, in: folder.path) }

  /// Types a command line; `usher` is the program.
  private func run(_ line: String) throws {
    try terminal.type("clear; usher() { '\(UsherProcess.program)' \"$@\"; }; export TERM=screen; \(line)")
    try terminal.press("Enter")
  }

  private static let hasLess = ["/usr/bin/less", "/bin/less", "/usr/local/bin/less", "/opt/homebrew/bin/less"]
    .contains(where: FileManager.default.isExecutableFile)

  @Test(
    .enabled(if: hasLess, "less is not installed"),
    arguments: ["usher --help", "usher help serve", "usher manual serve"])
  func `less shows the beginning, and leaving it ends with 0`(line: String) throws {
    try run("env -u PAGER -u LESS true; unset PAGER LESS; \(line); echo \"code=$?\"")
    try terminal.shows("shows a screen and less's prompt") { screen in
      !screen.contains("code=") && screen.split(separator: "\n").last == ":"
    }
    try terminal.press("q")
    try terminal.shows("code=0")
  }

  @Test func `PAGER names the program, and one that is left at once does no harm`() throws {
    try run("PAGER='head -n 2 | tr a-z A-Z' usher --help; echo \"code=$?\"")
    try terminal.shows("shows what the pager wrote") { $0.contains("DECIDE WHICH DEVICE") && $0.contains("code=0") }
    try run("PAGER='exit 3' usher --help; echo \"code=$?\"")
    try terminal.shows("code=0")
  }

  @Test(arguments: ["PAGER=", "PAGER=cat", "PAGER=no-such-pager", "PAGER=less TERM=dumb"])
  func `without a pager the whole help is there, and the command ends`(environment: String) throws {
    try run("\(environment) usher --help; echo \"code=$?\"")
    try terminal.shows("shows the end") { $0.contains("Exit codes: 0 success") && $0.contains("code=0") }
  }

  @Test func `a pipe and a short help get no pager`() throws {
    try run("PAGER='echo paged; true' usher --help | tail -n 2; echo \"code=$?\"")
    try terminal.shows("shows the end") { $0.contains("Exit codes: 0 success") && $0.contains("code=0") }
    #expect(try !terminal.screen().contains("\npaged"))
    try terminal.resize(columns: 80, rows: 200)
    try run("PAGER='echo paged; true' usher completions --help; echo \"code=$?\"")
    try terminal.shows("shows the end") { $0.contains("Examples") && $0.contains("code=0") }
    #expect(try !terminal.screen().contains("\npaged"))
  }
}
