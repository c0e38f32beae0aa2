import Foundation
import Routing
import RoutingTestKit
import Terminal
import Testing
import Wire

@testable import Commands
@testable import Representations

extension Slow {
  /// The keys in the help of `usher top`: each does something, and each is pressed in a real terminal.
  struct TopKeyTests {
    fileprivate static let keys = TopKeys.lines.flatMap(\.keys)

    private static func action(_ key: Key) -> TopView.Action {
      var view = TopView()
      return view.handle(key, tenants: [], devices: 0, page: 1)
    }

    @Test(arguments: keys)
    func `each key in the help does something`(key: Key) { #expect(Self.action(key) != .nothing) }

    @Test func `no key is listed twice`() {
      for (place, key) in Self.keys.enumerated() { #expect(Self.keys.firstIndex(of: key) == place, "\(key)") }
    }

    /// The stores on which the keys are tested.
    enum Fleet: CaseIterable { case none, noDevices, sample, large }

    private static func store(_ fleet: Fleet, in folder: TestFolder) throws -> TestStore {
      switch fleet {
      case .none: return try TestStore(in: folder)
      case .noDevices: return try TestStore([.tenant()], in: folder)
      case .sample:
        _ = try UsherProcess.run(["init", "--sample"], in: folder.path)
        return TestStore(existing: "usher.db", in: folder)
      case .large: return try TestStore([.tenant()] + (1...3000).map { .device("D\($0)", hour: 80) }, in: folder)
      }
    }

    @Test(
      .enabled(if: TmuxTerminal.program != nil, "tmux is not installed: the keys of usher top were not tested"),
      arguments: Fleet.allCases)
    func `every key works at every size of the terminal: once, twice, and in any order`(fleet: Fleet) throws {
      let folder = TestFolder()
      let store = try Self.store(fleet, in: folder)
      var scene = try Scene(store, in: folder)
      let ordinary = (Self.keys + [.left, .right, .enter, .tab, .backspace]).filter {
        ![.quit, .suspend].contains(Self.action($0))
      }
      var random = SeededRandom(seed: 20_261_122)
      for (columns, rows) in [(80, 24), (20, 5), (250, 70)] {
        try scene.resize(columns, rows)
        for key in ordinary { try scene.press([key]) }
        for start in stride(from: 0, to: ordinary.count, by: 4) {
          try scene.press(ordinary[start..<min(start + 4, ordinary.count)].flatMap { [$0, $0] })
        }
        for _ in 0..<4 { try scene.press((0..<12).map { _ in ordinary.randomElement(using: &random)! }) }
      }
      // Too small to read anything: the program must still run afterwards.
      for (columns, rows) in [(1, 1), (80, 1), (1, 24), (2, 2)] { try scene.press(ordinary, at: columns, rows) }
      try scene.suspend()
      try scene.end(with: .control("c"))
    }

    @Test(
      .enabled(if: TmuxTerminal.program != nil, "tmux is not installed: the keys of usher top were not tested"),
      arguments: keys.filter { action($0) == .quit })
    func `a key that quits restores the terminal`(key: Key) throws {
      let folder = TestFolder()
      var scene = try Scene(try TestStore(in: folder), in: folder)
      try scene.end(with: key)
    }
  }
}

/// `usher top` in a terminal, and the screen it is expected to show.
private struct Scene {
  private let terminal: TmuxTerminal
  /// Follows the keys, to know whether the help is shown.
  private var view = TopView()
  /// The screen seen last. After each batch of keys the test asks for the other screen; when that appears, the keys
  /// have been read.
  private var seesHelp = false

  init(_ store: TestStore, in folder: TestFolder) throws {
    terminal = try TmuxTerminal(TmuxTerminal.program!, columns: 80, rows: 24, in: folder.path)
    // A prompt that appears when the program has ended, and is not part of the typed command.
    try terminal.type(
      "PS1='END''ED> '; clear; TERM=xterm-256color '\(UsherProcess.program)' top --every 0.2 --store '\(store.path)'")
    try terminal.press("Enter")
    try look("the start")
  }

  mutating func resize(_ columns: Int, _ rows: Int) throws {
    try terminal.resize(columns: columns, rows: rows)
    try look("a resize to \(columns)x\(rows)")
  }

  mutating func press(_ keys: [Key]) throws {
    try send(keys + finish(keys))
    try look("\(keys)")
  }

  /// Presses keys one by one in a terminal too small to show anything, then enlarges it.
  mutating func press(_ keys: [Key], at columns: Int, _ rows: Int) throws {
    try terminal.resize(columns: columns, rows: rows)
    try send(keys + finish(keys))
    try resize(80, 24)
  }

  mutating func suspend() throws {
    if seesHelp { try press([]) }
    try terminal.press("C-z")
    try terminal.shows("Stopped")
    try terminal.type("clear; fg")
    try terminal.press("Enter")
    // The prompt remains on the screen until top has redrawn it.
    try terminal.shows("q quit")
  }

  mutating func end(with key: Key) throws {
    if seesHelp { try press([]) }
    try send([key])
    try terminal.shows("ENDED>")
    try terminal.type("clear; echo status $?")
    try terminal.press("Enter")
    try terminal.shows("says how it ended") { $0.contains("status 0") }
  }

  /// The keys to press after `keys` for the screen that was not seen last.
  private mutating func finish(_ keys: [Key]) -> [Key] {
    for key in keys { _ = view.handle(key, tenants: [], devices: 0, page: 1) }
    let isSame = view.showsHelp == seesHelp
    seesHelp.toggle()
    guard isSame else { return [] }
    let last: Key = view.showsHelp ? .character("x") : .character("?")
    _ = view.handle(last, tenants: [], devices: 0, page: 1)
    return [last]
  }

  private func send(_ keys: [Key]) throws { try terminal.press(keys.map(Self.name)) }

  private func look(_ what: String) throws {
    let expected = seesHelp ? "Keys of usher top" : "q quit"
    var last = ""
    try terminal.shows("shows '\(expected)' after \(what)") { screen in
      last = screen
      return screen.contains(expected) || screen.contains("ENDED>")
    }
    try #require(!last.contains("ENDED>"), "usher top ended after \(what):\n\(last)")
  }

  /// The name of a key in tmux.
  private static func name(_ key: Key) -> String {
    switch key {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let letter): "C-\(letter)"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .pageUp: "PageUp"
    case .pageDown: "PageDown"
    case .home: "Home"
    case .end: "End"
    case .enter: "Enter"
    case .escape: "Escape"
    case .backspace: "BSpace"
    case .tab: "Tab"
    }
  }
}
