import Routing
import Wire

/// The counts of an import: a row for each type of row in the file.
package struct ImportReport: ListedRepresentation {
  private let result: ImportResult

  /// Shows only the counts; the caller prints bad lines and warnings.
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
