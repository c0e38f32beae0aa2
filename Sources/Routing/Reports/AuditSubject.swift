/// The subject of a line of the audit: `device D1`, or an id of any kind.
package struct AuditSubject: Equatable, Sendable {
  /// The kinds that have ids.
  package static let kinds = ["contact", "device", "guard", "lead", "policy", "sequence", "tenant"]

  /// Nil for any kind.
  package let kind: String?
  /// The rest of the text, or all of it if it names no kind; compared byte by byte.
  package let id: String

  /// A text that begins with a kind and a space names that kind; any other text is an id.
  package init(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    let hasKind = parts.count == 2 && AuditSubject.kinds.contains(parts[0])
    (kind, id) = hasKind ? (parts[0], parts[1]) : (nil, text)
  }

  /// A line about several policies or guards matches each of them.
  func matches(_ text: String) -> Bool {
    if text == id { return true }
    let subject = AuditSubject(text)
    guard let found = subject.kind, kind == nil || kind == found else { return false }
    if subject.id == id { return true }
    return (found == "policy" || found == "guard") && subject.id.split(separator: ", ").contains { $0 == id }
  }
}
