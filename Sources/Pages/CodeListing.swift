/// A text line by line, each with its number, a count, and what is to be said of it.
package struct CodeListing: Page.Block {
  /// What is to be said of a line, by a colour and a sign.
  package enum State: Sendable {
    /// Nothing is said of it.
    case plain
    case good
    /// Good in part.
    case partial
    case bad
  }

  /// One line of the text.
  package struct Line: Sendable {
    /// Without its end of line; leading spaces stay.
    package let text: String
    /// Shown as a colour and a sign.
    package let state: State
    /// Left of the text; nil for nothing.
    package let count: String?
    /// Below the text.
    package let notes: [String]

    /// A line of which nothing is said, unless more is given.
    package init(_ text: String, state: State = .plain, count: String? = nil, notes: [String] = []) {
      (self.text, self.state, self.count, self.notes) = (text, state, count, notes)
    }
  }

  /// What reads the page aloud calls it.
  package let label: String
  /// Numbered from 1 in this order.
  package let lines: [Line]

  /// `label` must make sense without the page around it.
  package init(label: String, lines: [Line]) { (self.label, self.lines) = (label, lines) }

  /// A table with a row for each line; notes stand below their line.
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
      // Colours alone tell nothing to those who do not see them.
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
