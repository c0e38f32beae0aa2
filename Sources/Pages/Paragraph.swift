/// Some sentences.
package struct Paragraph: Page.Block {
  /// The raw text; it is escaped when it is written.
  package let text: String

  /// `text` may contain any characters; line ends become spaces.
  package init(_ text: String) { self.text = text }

  /// One element, even if the text is empty.
  package func write(into markup: inout Markup) { markup.element("p", text: text) }
}
