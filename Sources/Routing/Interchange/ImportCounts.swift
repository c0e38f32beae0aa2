/// What happened to the lines of one type; the three counts add up to the accepted lines.
package struct ImportCounts: Equatable, Sendable {
  /// Rows that are new.
  package var created = 0
  /// Rows that existed with different values.
  package var updated = 0
  /// Lines equal to what the store already holds; they wrote nothing.
  package var unchanged = 0

  /// All counts are zero by default.
  package init(created: Int = 0, updated: Int = 0, unchanged: Int = 0) {
    (self.created, self.updated, self.unchanged) = (created, updated, unchanged)
  }

  /// All accepted lines of the type.
  package var total: Int { created + updated + unchanged }

  /// Counts one line under its change.
  package mutating func add(_ change: ImportChange) {
    switch change {
    case .created: created += 1
    case .updated: updated += 1
    case .unchanged: unchanged += 1
    }
  }
}
