/// What became of the lines of one type; the parts add up to the lines that were kept.
package struct ImportCounts: Equatable, Sendable {
  /// Rows that are new.
  package var created = 0
  /// Rows that existed and said something else.
  package var updated = 0
  /// Lines that said what the store holds already: nothing was written for them.
  package var unchanged = 0

  /// Makes counts, zero unless given.
  package init(created: Int = 0, updated: Int = 0, unchanged: Int = 0) {
    (self.created, self.updated, self.unchanged) = (created, updated, unchanged)
  }

  /// All lines of the type that were kept.
  package var total: Int { created + updated + unchanged }

  /// Counts one line by what became of it.
  package mutating func add(_ change: ImportChange) {
    switch change {
    case .created: created += 1
    case .updated: updated += 1
    case .unchanged: unchanged += 1
    }
  }
}
