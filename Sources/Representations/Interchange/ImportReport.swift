import Routing
import Wire

/// What an import did: a row for each type of row that the file has.
package struct ImportReport: ListingReport {
  private let result: ImportResult

  package init(_ result: ImportResult) { self.result = result }

  package var listing: Listing {
    var listing = Listing(["type", "created", "updated", "unchanged"])
    for type in InterchangeType.allCases {
      guard let counts = result.counts[type] else { continue }
      listing.add([
        .string(type.rawValue), JSONValue(counts.created), JSONValue(counts.updated), JSONValue(counts.unchanged),
      ])
    }
    return listing
  }
}
