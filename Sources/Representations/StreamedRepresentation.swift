/// A representation of any size: rows are written in pieces, so that the text of a million rows is never in memory.
package protocol StreamedRepresentation: Representation {
  /// Writes the same bytes as `text(format, columns:)`, in order, in pieces of whole lines. Stops at an error of `put` and
  /// rethrows it. Memory is constant for JSON and CSV; a table shows a limited number of rows.
  func write(_ format: ListingFormat, columns: Int?, to put: ([UInt8]) throws -> Void) rethrows
}

extension StreamedRepresentation {
  /// All of the CSV as one text: for representations known to be small.
  package var csv: String {
    var bytes: [UInt8] = []
    write(.csv, columns: nil) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
