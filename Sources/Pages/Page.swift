/// A report for people in one HTML file: works offline, prints, and has the same bytes for the same contents.
///
/// It refers to nothing external, and its security policy forbids the browser to load or run anything but the page's
/// own content.
package struct Page: Sendable {
  /// A part of the content of a page.
  package protocol Block: Sendable {
    func write(into markup: inout Markup)
  }

  /// The heading, and the title of the browser window.
  package let title: String
  /// The result of the report, in a sentence or two.
  package let summary: String
  /// What the report covers: names and values, shown under the summary.
  package let facts: [(name: String, value: String)]
  /// From top to bottom.
  package let blocks: [any Block]
  /// Who created the page; at its end.
  package let footer: String

  /// Without facts and created by usher, by default.
  package init(
    title: String, summary: String, facts: [(name: String, value: String)] = [], blocks: [any Block],
    footer: String = "Made by usher"
  ) {
    self.title = title
    self.summary = summary
    self.facts = facts
    self.blocks = blocks
    self.footer = footer
  }

  /// The whole file. The cost is proportional to the rows of its tables; no files are read.
  package var html: String {
    var markup = Markup()
    markup.verbatim("<!DOCTYPE html>\n")
    markup.element("html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"]) { markup in
      markup.element("head") { head(into: &$0) }
      markup.verbatim("\n")
      markup.element("body") { body(into: &$0) }
    }
    markup.verbatim("\n")
    return markup.string
  }

  private func head(into markup: inout Markup) {
    markup.empty("meta", ["charset": "utf-8"])
    markup.empty(
      "meta",
      [
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'; script-src '\(PageScript.digest)'; "
          + "base-uri 'none'; form-action 'none'",
      ])
    markup.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    markup.empty("meta", ["name": "color-scheme", "content": "light dark"])
    markup.empty("meta", ["name": "referrer", "content": "no-referrer"])
    markup.element("title", text: title)
    markup.element("style") { $0.verbatim(PageStyle.css) }
  }

  private func body(into markup: inout Markup) {
    markup.element("main") { markup in
      markup.element("header") { markup in
        markup.element("h1", text: title)
        markup.element("p", ["class": "summary"], text: summary)
        if !facts.isEmpty {
          markup.element("dl", ["class": "facts"]) { markup in
            for fact in facts {
              markup.element("div") {
                $0.element("dt", text: fact.name)
                $0.element("dd", text: fact.value)
              }
            }
          }
        }
      }
      for block in blocks {
        markup.verbatim("\n")
        block.write(into: &markup)
      }
      markup.verbatim("\n")
      markup.element("footer", text: footer)
    }
    markup.element("script") { $0.verbatim(PageScript.javaScript) }
  }
}
