import Foundation
import RoutingTestKit
import Testing

extension Slow {
  /// `usher top` in a real terminal, with a running daemon.
  @Suite(.enabled(if: TmuxTerminal.program != nil, "tmux is not installed: usher top was not tested in a terminal"))
  struct TopTerminalTests {
    /// The sample store with a daemon on it, and a terminal.
    private final class Scene {
      let folder: TestFolder
      let store: TestStore
      let daemon: UsherProcess
      let terminal: TmuxTerminal

      init(columns: Int = 80, rows: Int = 24) throws {
        folder = TestFolder()
        _ = try UsherProcess.run(["init", "--sample"], in: folder.path)
        store = TestStore(existing: "usher.db", in: folder)
        daemon = try store.serve(every: 0.2)
        try daemon.says(" started ")
        terminal = try TmuxTerminal(TmuxTerminal.program!, columns: columns, rows: rows, in: folder.path)
      }

      deinit { daemon.signal(SIGKILL) }

      func top(_ arguments: String = "") throws {
        try terminal.type("TERM=xterm-256color '\(UsherProcess.program)' top --every 0.2 \(arguments)")
        try terminal.press("Enter")
        try terminal.shows("running: process \(daemon.id)")
      }

      /// Whether the terminal is restored: the normal screen, a visible cursor, echo and line editing.
      func expectRestored(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try terminal.shows("has the prompt again") { $0.contains("READY>") && !$0.contains("usher top  ") }
        #expect(try terminal.fact("alternate_on") == "0", sourceLocation: sourceLocation)
        #expect(try terminal.fact("cursor_flag") == "1", sourceLocation: sourceLocation)
        #expect(try terminal.fact("wrap_flag") == "1", sourceLocation: sourceLocation)
        try terminal.type(
          "clear; stty -a | tr ';' '\\n' | grep -Eo -- '-?\\b(echo|icanon|isig|ixon)\\b' | sort | tr '\\n' ' '")
        try terminal.press("Enter")
        try terminal.shows("has the modes of a shell") { $0.contains("echo icanon isig ixon") }
      }

      /// The process id of usher top in the terminal.
      func process() throws -> Int32 {
        let shell = try terminal.fact("pane_pid")
        let children = try UsherProcess(["-P", shell, "-f", "top --every"], program: ("/usr/bin/pgrep", [])).end()
        return try #require(children.text.split(separator: "\n").last.flatMap { Int32($0) })
      }
    }

    @Test func `top shows the fleet live, reacts to keys, and restores the terminal`() throws {
      let scene = try Scene()
      try scene.top()
      let terminal = scene.terminal
      try terminal.shows("shows devices, policies and decisions") { screen in
        [
          "acme/D1 Sales 1", "globex/B2 Berlin 2", "offline", "full: hour", "decides since", "decisions",
          "no assigned device",
        ]
        .allSatisfy(screen.contains)
      }
      #expect(try terminal.fact("alternate_on") == "1")
      #expect(try terminal.fact("cursor_flag") == "0")
      #expect(try terminal.colouredScreen().contains("\u{1B}["))
      // The screen shows changes that an operator makes elsewhere.
      try scene.store.usher("device", "pause", "H1", "--tenant", "globex", "--minutes", "90")
      try terminal.shows("paused until")
      try terminal.press("s")
      try terminal.shows("sort: queued")
      try terminal.press("t")
      try terminal.shows("shows one tenant") { $0.contains("tenant acme") && !$0.contains("Berlin") }
      try terminal.press("?")
      try terminal.shows("Keys of usher top")
      try terminal.press("x")
      try terminal.press("p")
      try terminal.shows("PAUSED")
      let paused = try terminal.screen()
      usleep(500_000)
      #expect(try terminal.screen() == paused, "a paused screen does not change")
      try terminal.press("q")
      try scene.expectRestored()
    }

    @Test func `the screen fits every terminal size`() throws {
      let scene = try Scene(columns: 100, rows: 30)
      try scene.top()
      for (columns, rows) in [(60, 16), (40, 10), (80, 24), (120, 40)] {
        try scene.terminal.resize(columns: columns, rows: rows)
        try scene.terminal.shows("fills \(columns)x\(rows)") { screen in
          let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
          return lines.first?.contains("usher top") == true && lines.prefix(rows).last?.contains("q quit") == true
            && screen.contains("acme/D1")
        }
      }
      // A small terminal: devices are scrolled.
      try scene.terminal.resize(columns: 80, rows: 7)
      try scene.terminal.shows("shows some of the devices") { $0.contains("of 7") && !$0.contains("-7 of 7") }
      let first = try scene.terminal.screen()
      // If a busy machine still redraws for the new size, a key scrolls the previous list.
      try scene.terminal.shows("shows the last device") { screen in
        if screen.contains("-7 of 7") && screen != first { return true }
        try? scene.terminal.press("End")
        return false
      }
      try scene.terminal.press("C-c")
      try scene.expectRestored()
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a signal ends top, and the terminal is restored`(signal: Int32) throws {
      let scene = try Scene()
      try scene.top()
      kill(try scene.process(), signal)
      try scene.expectRestored()
    }

    @Test(arguments: [true, false])
    func `top can be suspended, and resumes`(byKey: Bool) throws {
      let scene = try Scene()
      try scene.top()
      if byKey { try scene.terminal.press("C-z") } else { kill(try scene.process(), SIGTSTP) }
      try scene.terminal.shows("Stopped")
      #expect(try scene.terminal.fact("alternate_on") == "0")
      try scene.terminal.type("clear; fg")
      try scene.terminal.press("Enter")
      try scene.terminal.shows("running: process \(scene.daemon.id)")
      #expect(try scene.terminal.fact("alternate_on") == "1")
      try scene.terminal.press("q")
      try scene.expectRestored()
    }

    @Test func `top shows that the daemon has ended`() throws {
      let scene = try Scene()
      try scene.top()
      scene.daemon.signal(SIGTERM)
      _ = try scene.daemon.end()
      try scene.terminal.shows("no process runs on this store")
      try scene.terminal.press("q")
      try scene.expectRestored()
    }

    @Test func `without colours the screen has the same text`() throws {
      let scene = try Scene()
      try scene.top("--color never")
      try scene.terminal.shows("offline")
      #expect(try !scene.terminal.colouredScreen().contains("\u{1B}[3"))
      try scene.terminal.press("q")
      try scene.expectRestored()
    }
  }
}
