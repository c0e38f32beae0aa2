/// Cache of parsed templates. The steps of one batch mostly have the same text, often in the same string storage.
package struct ContentTemplates {
  private static let countMax = 10_000

  private var templates: [String: ContentTemplate] = [:]
  private var last: (source: String, template: ContentTemplate)?

  /// Starts empty; each text is parsed when it first occurs.
  package init() {}

  /// Parses each `source` once. The cache is cleared when it holds 10,000 texts.
  package mutating func template(for source: String) -> ContentTemplate {
    // Comparing strings that share storage is immediate; hashing reads the whole text.
    if let last, last.source == source { return last.template }
    let template = templates[source] ?? ContentTemplate(source)
    if templates.count >= ContentTemplates.countMax { templates.removeAll() }
    templates[source] = template
    last = (source, template)
    return template
  }
}
