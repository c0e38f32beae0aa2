import Terminal
import Wire

/// A report that is one listing in each format.
package protocol ListingReport: Representation {
  /// All rows and columns, for programs.
  var listing: Listing { get }
  /// What people are shown; the same unless the type says otherwise.
  var tableListing: Listing { get }
}

extension ListingReport {
  package var tableListing: Listing { listing }
  package var json: JSONValue { listing.json }
  package var csv: String { listing.csv }
  package func table(columns: Int?) -> StyledText { tableListing.table(columns: columns) }
}
