import Routing
import Wire

/// Lists who changed what, when and why, newest first.
package struct AuditQuery: Sendable {
  /// How far back it looks if no beginning is given; days.
  package static let usualDays: Int64 = 7
  /// The most lines that may be asked for.
  package static let limitMax = 100_000

  /// Which lines are wanted; the window and the limit are part of it.
  package var filter: AuditFilter

  /// At most `limitMax` lines may be asked for; the caller checks that.
  package init(_ filter: AuditFilter) { self.filter = filter }

  /// When a window begins for which only an end is given, or neither.
  package static func usualBegin(until end: Instant?, now: Instant) -> Instant {
    (end ?? now).advanced(bySeconds: -usualDays * 86_400)
  }

  /// The lines that were found.
  package struct Answer: Equatable, Sendable {
    /// Newest first, at most as many as the filter's limit.
    package var lines: [AuditLine]
    /// Whether the window has more lines than the limit.
    package var hasMore: Bool
    /// What was asked for and does not exist. Only looked for if no line was found.
    package var missing: Missing?
  }

  /// A device, contact or tenant that the store does not have.
  package struct Missing: Equatable, Sendable {
    /// `device`, `contact` or `tenant`.
    package var kind: String
    /// As it was given.
    package var id: String
    /// The id of an existing row that is spelt most nearly like it; nil if none comes near.
    package var nearest: String?
  }

  /// Throws `OperatorError.unknown` for a tenant. The cost follows the window and the limit, not the length of the history.
  package func run(_ store: any Store) throws -> Answer {
    let (lines, hasMore) = try store.audit(filter)
    return Answer(lines: lines, hasMore: hasMore, missing: lines.isEmpty ? try missing(store) : nil)
  }

  /// The most characters of an id by whose beginnings near ones are looked for.
  private static let prefixMax = 64

  private func missing(_ store: any Store) throws -> Missing? {
    guard let subject = filter.subject, let kind = subject.kind else { return nil }
    let kinds: [String: IDKind] = ["device": .device, "contact": .contact, "tenant": .tenant]
    guard let what = kinds[kind], try !store.has(what, subject.id, of: filter.tenant?.text) else { return nil }
    return Missing(kind: kind, id: subject.id, nearest: try nearest(to: subject.id, what, store))
  }

  /// Among the ids with the longest beginning in common, which an index finds.
  private func nearest(to id: String, _ what: IDKind, _ store: any Store) throws -> String? {
    for length in stride(from: min(id.count, Self.prefixMax), through: 1, by: -1) {
      let prefix = String(id.prefix(length))
      let ids = try store.ids(what, of: filter.tenant?.text, startingWith: prefix, limit: 1000)
      if let nearest = EditDistance.nearest(to: id, among: ids) { return nearest }
    }
    return nil
  }
}
