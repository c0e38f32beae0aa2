import Routing
import Terminal
import Wire

/// The invariants of a store: a row for each, including those without violations.
extension IntegrityReport: ListedRepresentation {
  /// In the order of the report.
  package var listing: Listing {
    var listing = Listing(["check", "violations", "promise", "examples"])
    for check in checks {
      listing.add([
        .string(check.name), JSONValue(check.violations), .string(check.promise),
        .array(check.examples.map { .string($0) }),
      ])
    }
    return listing
  }
}
