/// Some sentences.
package struct Paragraph: Page.Block {
  package let text: String

  package init(_ text: String) { self.text = text }

  package func write(into markup: inout Markup) { markup.element("p", text: text) }
}
