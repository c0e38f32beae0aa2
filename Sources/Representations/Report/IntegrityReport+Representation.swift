import Routing
import Terminal
import Wire

/// The promises that a store keeps: a row for each, those without violations too.
extension IntegrityReport: Representation {
  package var json: JSONValue { listing.json }
  package var csv: String { listing.csv }
  package func table(columns: Int?) -> StyledText { listing.table(columns: columns) }

  private var listing: Listing {
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
