import Routing
import Wire

/// What an import did: a row for each type of row that the file has.
package struct ImportReport: ListedRepresentation {
  private let result: ImportResult

  /// Shows the counts; bad lines and warnings are notes of the caller.
  package init(_ result: ImportResult) { self.result = result }

  /// Types in the order of `InterchangeType`.
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
