/// The templates of the texts met so far. Those of one batch are mostly the same text, and often the very same string.
package struct ContentTemplates {
  private static let countMax = 10_000

  private var templates: [String: ContentTemplate] = [:]
  private var last: (source: String, template: ContentTemplate)?

  /// Starts without any: each text is parsed when it is first met.
  package init() {}

  /// Parses `source` once. Forgets all texts when 10,000 are held.
  package mutating func template(for source: String) -> ContentTemplate {
    // Strings that share their storage are equal at a glance, where hashing reads all of the text.
    if let last, last.source == source { return last.template }
    let template = templates[source] ?? ContentTemplate(source)
    if templates.count >= ContentTemplates.countMax { templates.removeAll() }
    templates[source] = template
    last = (source, template)
    return template
  }
}
