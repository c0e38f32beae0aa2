import Terminal

/// The keys of `usher top` as its help lists them: the help screen and the test that presses every key read this table.
package enum TopKeys {
  /// Keys that do the same thing, or opposite things.
  package struct Line {
    /// At least one.
    package let keys: [Key]
    let purpose: String

    /// `p, space`; keys of one name are named once.
    var names: String {
      keys.map(TopKeys.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
    }
  }

  /// In the order of the help screen.
  package static let lines = [
    Line(keys: [.character("q"), .control("c")], purpose: "quit"),
    Line(keys: [.character("p"), .character(" ")], purpose: "pause, and go on"),
    Line(keys: [.character("s"), .character("S")], purpose: "sort by load, queued, sent, state, name"),
    Line(keys: [.character("r")], purpose: "sort the other way round"),
    Line(keys: [.character("t")], purpose: "the next tenant alone"),
    Line(keys: [.character("a")], purpose: "all tenants"),
    Line(keys: [.character("w")], purpose: "decisions of the last 5, 15 or 60 minutes"),
    Line(keys: [.character("+"), .character("-")], purpose: "look less often, more often"),
    Line(keys: [.up, .down, .character("j"), .character("k")], purpose: "scroll by a device"),
    Line(keys: [.pageUp, .pageDown], purpose: "scroll by a page"),
    Line(keys: [.home, .end, .character("g"), .character("G")], purpose: "the first, the last"),
    Line(keys: [.control("l")], purpose: "look now"),
    Line(keys: [.control("z")], purpose: "suspend; `fg` comes back"),
    Line(keys: [.character("?"), .character("h")], purpose: "these keys"),
  ]

  private static func name(_ key: Key) -> String {
    switch key {
    case .character(" "): "space"
    case .character(let character): String(character)
    case .control(let letter): "Ctrl-" + letter.uppercased()
    case .up, .down, .left, .right: "arrows"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .home: "Home"
    case .end: "End"
    case .enter: "Enter"
    case .escape: "Esc"
    case .backspace: "Backspace"
    case .tab: "Tab"
    }
  }
}
