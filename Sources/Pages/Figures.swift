/// A row of tiles, each with a number and its label.
package struct Figures: Page.Block {
  /// A number and its label.
  package struct Figure: Sendable {
    /// One or two words, shown above the number.
    package let label: String
    /// Already formatted, with its unit.
    package let value: String
    /// The total of which the value is a part, or the value before.
    package let note: String?
    /// Whether it is the main figure of the page.
    package let isMain: Bool

    /// A tile without a note and not the main one, by default.
    package init(_ label: String, _ value: String, note: String? = nil, isMain: Bool = false) {
      (self.label, self.value, self.note, self.isMain) = (label, value, note, isMain)
    }
  }

  /// From left to right; wrapped when the row is full.
  package let figures: [Figure]

  /// At most one figure should be the main one.
  package init(_ figures: [Figure]) { self.figures = figures }

  /// A definition list, so that a screen reader reads it well.
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
