import Terminal

/// The keys of `usher top`: the source of its help screen, and of the test that presses every key.
package enum TopKeys {
  /// Keys with the same or opposite effects.
  package struct Line {
    /// At least one.
    package let keys: [Key]
    let purpose: String

    /// `p, space`; a name that several keys share appears once.
    var names: String {
      keys.map(TopKeys.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
    }
  }

  /// In the order of the help screen.
  package static let lines = [
    Line(keys: [.character("q"), .control("c")], purpose: "quit"),
    Line(keys: [.character("p"), .character(" ")], purpose: "pause, resume"),
    Line(keys: [.character("s"), .character("S")], purpose: "sort by load, queued, sent, state, name"),
    Line(keys: [.character("r")], purpose: "reverse the order"),
    Line(keys: [.character("t")], purpose: "show only the next tenant"),
    Line(keys: [.character("a")], purpose: "show all tenants"),
    Line(keys: [.character("w")], purpose: "decisions of the last 5, 15 or 60 minutes"),
    Line(keys: [.character("+"), .character("-")], purpose: "refresh less often, more often"),
    Line(keys: [.up, .down, .character("j"), .character("k")], purpose: "scroll by a device"),
    Line(keys: [.pageUp, .pageDown], purpose: "scroll by a page"),
    Line(keys: [.home, .end, .character("g"), .character("G")], purpose: "go to the first, the last"),
    Line(keys: [.control("l")], purpose: "refresh now"),
    Line(keys: [.control("z")], purpose: "suspend; `fg` resumes"),
    Line(keys: [.character("?"), .character("h")], purpose: "show these keys"),
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
