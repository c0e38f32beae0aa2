/// A row of tiles, each a number and what it counts.
package struct Figures: Page.Block {
  /// A number and what it counts.
  package struct Figure: Sendable {
    /// Stands above the number, in a word or two.
    package let label: String
    /// Already formatted, with its unit.
    package let value: String
    /// What the value is a part of, or was before.
    package let note: String?
    /// Whether it is what the reader came for.
    package let isMain: Bool

    /// A tile like the others, without a note, unless told otherwise.
    package init(_ label: String, _ value: String, note: String? = nil, isMain: Bool = false) {
      (self.label, self.value, self.note, self.isMain) = (label, value, note, isMain)
    }
  }

  /// From left to right; wrapped where there is no room.
  package let figures: [Figure]

  /// At most one figure should be the main one.
  package init(_ figures: [Figure]) { self.figures = figures }

  /// A list of terms and values, so that it reads well aloud.
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
