import Routing
import Wire

/// Lists who changed what, when and why, newest first.
package struct AuditQuery: Sendable {
  /// The default window; days.
  package static let usualDays: Int64 = 7
  /// The largest limit of lines.
  package static let limitMax = 100_000

  /// Which lines are wanted, including the window and the limit.
  package var filter: AuditFilter

  /// The caller checks that the limit is at most `limitMax`.
  package init(_ filter: AuditFilter) { self.filter = filter }

  /// The default beginning of a window that ends at `end`, or at `now`.
  package static func usualBegin(until end: Instant?, now: Instant) -> Instant {
    (end ?? now).advanced(bySeconds: -usualDays * 86_400)
  }

  /// The lines that match.
  package struct Answer: Equatable, Sendable {
    /// Newest first, at most as many as the filter's limit.
    package var lines: [AuditLine]
    /// Whether the window has more lines than the limit.
    package var hasMore: Bool
    /// A row that the filter names and that does not exist. Looked up only if no line matches.
    package var missing: Missing?
  }

  /// A device, contact or tenant that the store does not have.
  package struct Missing: Equatable, Sendable {
    /// `device`, `contact` or `tenant`.
    package var kind: String
    /// As it was given.
    package var id: String
    /// The nearest id of an existing row; nil if none is near.
    package var nearest: String?
  }

  /// Throws `OperatorError.unknown` for a tenant. The cost follows the window and the limit, not the length of the history.
  package func run(_ store: any Store) throws -> Answer {
    let (lines, hasMore) = try store.audit(filter)
    return Answer(lines: lines, hasMore: hasMore, missing: lines.isEmpty ? try missing(store) : nil)
  }

  /// The most characters of an id that are used to find near ones.
  private static let prefixMax = 64

  private func missing(_ store: any Store) throws -> Missing? {
    guard let subject = filter.subject, let kind = subject.kind else { return nil }
    let kinds: [String: IDKind] = ["device": .device, "contact": .contact, "tenant": .tenant]
    guard let what = kinds[kind], try !store.has(what, subject.id, of: filter.tenant?.text) else { return nil }
    return Missing(kind: kind, id: subject.id, nearest: try nearest(to: subject.id, what, store))
  }

  /// Searches the ids with the longest common prefix, which an index finds.
  private func nearest(to id: String, _ what: IDKind, _ store: any Store) throws -> String? {
    for length in stride(from: min(id.count, Self.prefixMax), through: 1, by: -1) {
      let prefix = String(id.prefix(length))
      let ids = try store.ids(what, of: filter.tenant?.text, startingWith: prefix, limit: 1000)
      if let nearest = EditDistance.nearest(to: id, among: ids) { return nearest }
    }
    return nil
  }
}
