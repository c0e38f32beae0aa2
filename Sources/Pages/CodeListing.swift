/// A listing of a source line by line, each with its number, a count and notes.
package struct CodeListing: Page.Block {
  /// The state of a line, shown by a colour and a sign.
  package enum State: Sendable {
    /// A line without a mark.
    case plain
    case good
    /// Between good and bad, such as a line that is only partly covered.
    case partial
    case bad
  }

  /// One line of the source.
  package struct Line: Sendable {
    /// Without its line end; leading spaces stay.
    package let text: String
    /// Shown as a colour and a sign.
    package let state: State
    /// Shown left of the line; nil for nothing.
    package let count: String?
    /// Shown below the line.
    package let notes: [String]

    /// A line without state, count and notes by default.
    package init(_ text: String, state: State = .plain, count: String? = nil, notes: [String] = []) {
      (self.text, self.state, self.count, self.notes) = (text, state, count, notes)
    }
  }

  /// The name that screen readers announce.
  package let label: String
  /// Numbered from 1 in this order.
  package let lines: [Line]

  /// `label` must make sense without the page around it.
  package init(label: String, lines: [Line]) { (self.label, self.lines) = (label, lines) }

  /// A table with a row for each line; notes follow below their line.
  package func write(into markup: inout Markup) {
    markup.element("div", ["class": "scroll code", "tabindex": "0", "role": "region", "aria-label": label]) { markup in
      markup.element("table") { markup in
        markup.element("tbody") { markup in
          for (place, line) in lines.enumerated() {
            markup.verbatim("\n")
            write(line, number: place + 1, into: &markup)
          }
        }
      }
    }
  }

  private func write(_ line: Line, number: Int, into markup: inout Markup) {
    markup.element("tr", ["class": line.state.name]) { markup in
      markup.element("th", ["scope": "row", "class": "n"], text: String(number))
      markup.element("td", ["class": "n"], text: line.count ?? "")
      // A sign as well, because some readers do not see colours.
      markup.element("td", text: line.state.mark)
      markup.element("td") { markup in
        markup.element("code", text: line.text)
        for note in line.notes { markup.element("p", ["class": "note"], text: note) }
      }
    }
  }
}

extension CodeListing.State {
  fileprivate var name: String? {
    switch self {
    case .plain: nil
    case .good: "good"
    case .partial: "partial"
    case .bad: "bad"
    }
  }

  fileprivate var mark: String {
    switch self {
    case .plain: ""
    case .good: "✓"
    case .partial: "◐"
    case .bad: "✗"
    }
  }
}
