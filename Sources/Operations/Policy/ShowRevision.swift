import Routing

/// Finds a recorded revision, and its decisions.
package struct ShowRevision {
  private let beginning: String

  /// The beginning of its digest, at least four digits.
  package init(_ beginning: String) { self.beginning = beginning }

  /// Only the revision. Throws a `Problem` if no revision, or more than one, begins like this.
  package func revision(in store: any Store) throws -> PolicyRevision { try RevisionLookup.one(beginning, in: store) }

  /// The revision with its uses. Counts its decisions: costs a walk over those that name it.
  package func run(on store: any Store) throws -> RevisionReport {
    let found = try revision(in: store)
    guard let report = try store.revision(found.digest) else {
      throw Problem(.revisionNotFound, "revision \(beginning) no longer exists")
    }
    return report
  }
}
