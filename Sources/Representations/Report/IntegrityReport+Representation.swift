import Routing
import Terminal
import Wire

/// The promises that a store keeps: a row for each, those without violations too.
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
