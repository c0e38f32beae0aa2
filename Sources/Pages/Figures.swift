/// A row of tiles, each a number and what it counts.
package struct Figures: Page.Block {
  package struct Figure: Sendable {
    package let label: String
    package let value: String
    /// What the value is a part of, or was before.
    package let note: String?
    /// Whether it is what the reader came for.
    package let isMain: Bool

    package init(_ label: String, _ value: String, note: String? = nil, isMain: Bool = false) {
      (self.label, self.value, self.note, self.isMain) = (label, value, note, isMain)
    }
  }

  package let figures: [Figure]

  package init(_ figures: [Figure]) { self.figures = figures }

  package func write(into markup: inout Markup) {
    markup.element("dl", ["class": "figures"]) { markup in
      for figure in figures {
        markup.element("div", ["class": figure.isMain ? "main" : nil]) { markup in
          markup.element("dt", text: figure.label)
          markup.element("dd") { markup in
            markup.element("b", text: figure.value)
            if let note = figure.note { markup.element("span", text: note) }
          }
        }
      }
    }
  }
}
