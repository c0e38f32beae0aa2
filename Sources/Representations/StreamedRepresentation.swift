/// A representation of any size: its rows are written piece by piece, so that the text of a million rows is never in memory.
package protocol StreamedRepresentation: Representation {
  /// Writes the same bytes as `text(format, columns:)`, in pieces of whole lines, in order. Throws what `put` throws, and stops
  /// there. Memory is constant for JSON and CSV; a table shows a limited number of rows.
  func write(_ format: ListingFormat, columns: Int?, to put: ([UInt8]) throws -> Void) rethrows
}

extension StreamedRepresentation {
  /// All of CSV as one text: for representations that are known to be small.
  package var csv: String {
    var bytes: [UInt8] = []
    write(.csv, columns: nil) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
