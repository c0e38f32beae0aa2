/// A part of a page under a heading.
package struct Section: Page.Block {
  package let title: String
  /// A sentence on how to read it.
  package let note: String?
  package let blocks: [any Page.Block]

  package init(_ title: String, note: String? = nil, _ blocks: [any Page.Block]) {
    (self.title, self.note, self.blocks) = (title, note, blocks)
  }

  package func write(into markup: inout Markup) {
    markup.element("section") { markup in
      markup.element("h2", text: title)
      if let note { markup.element("p", ["class": "note"], text: note) }
      for block in blocks { block.write(into: &markup) }
    }
  }
}
