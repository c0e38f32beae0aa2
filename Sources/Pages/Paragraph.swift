/// Some sentences.
package struct Paragraph: Page.Block {
  /// As data gives it: it is escaped when it is written.
  package let text: String

  /// `text` may hold any characters; ends of lines become spaces.
  package init(_ text: String) { self.text = text }

  /// One element, even for an empty text.
  package func write(into markup: inout Markup) { markup.element("p", text: text) }
}
