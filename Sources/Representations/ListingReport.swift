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
  /// All rows and columns.
  package var tableListing: Listing { listing }
  /// An array of objects.
  package var json: JSONValue { listing.json }
  /// With a header row.
  package var csv: String { listing.csv }
  /// `tableListing`, at most so many columns wide.
  package func table(columns: Int?) -> StyledText { tableListing.table(columns: columns) }
}
