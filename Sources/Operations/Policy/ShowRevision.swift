import Routing

/// Finds a revision on record, and what it decided.
package struct ShowRevision {
  private let beginning: String

  /// The beginning of its digest, at least four digits.
  package init(_ beginning: String) { self.beginning = beginning }

  /// The revision alone. Throws a `Problem` when none, or more than one, begins so.
  package func revision(in store: any Store) throws -> PolicyRevision { try RevisionLookup.one(beginning, in: store) }

  /// The revision with its uses. Counts its decisions: costs a walk over those that name it.
  package func run(on store: any Store) throws -> RevisionReport {
    let found = try revision(in: store)
    guard let report = try store.revision(found.digest) else {
      throw Problem(.revisionNotFound, "there is no revision \(beginning) any more")
    }
    return report
  }
}
