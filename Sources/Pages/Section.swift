/// A part of a page under a heading.
package struct Section: Page.Block {
  /// A heading of the second level.
  package let title: String
  /// A sentence that explains how to read the section.
  package let note: String?
  /// From top to bottom, below the note.
  package let blocks: [any Page.Block]

  /// Sections should not be nested: all have the same heading level.
  package init(_ title: String, note: String? = nil, _ blocks: [any Page.Block]) {
    (self.title, self.note, self.blocks) = (title, note, blocks)
  }

  /// Writes the heading even when `blocks` is empty.
  package func write(into markup: inout Markup) {
    markup.element("section") { markup in
      markup.element("h2", text: title)
      if let note { markup.element("p", ["class": "note"], text: note) }
      for block in blocks { block.write(into: &markup) }
    }
  }
}
