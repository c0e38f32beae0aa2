/// The statements that read the rows after a position in an index, a page at a time.
///
/// SQLite cannot search an index for a row value that contains the row's key: it walks over all rows that are equal in the
/// columns before the key. Thousands of contacts enrolled together have one due time, so each page would cost the pages
/// before it. A page is therefore read in two parts, each by a search: the rows that are equal in those columns, then those
/// behind them.
package struct PageSQL: Sendable {
  /// The rows with the same columns as the position and a later key.
  package let tied: String
  /// The rows whose columns come later.
  package let later: String

  /// `rows` is a SELECT with a WHERE clause that limits it to one range of the index; the index goes on with `columns` and
  /// ends with `key`. `position` has a parameter for each of the columns, `limit` and `after` are the parameters of the
  /// page's size and of the position's key. `after` comes last: only `tied` has it.
  package init(_ rows: String, columns: [String], key: String, position: [String], limit: String, after: String) {
    let order = "ORDER BY \((columns + [key]).joined(separator: ", ")) LIMIT \(limit)"
    let equal = zip(columns, position).map { "\($0) = \($1)" }.joined(separator: " AND ")
    let behind = "(\(columns.joined(separator: ", "))) > (\(position.joined(separator: ", ")))"
    tied = "\(rows) AND \(equal) AND \(key) > \(after) \(order)"
    later = "\(rows) AND \(behind) \(order)"
  }

  /// Reads a page of at most `limit` rows: `from` are the arguments before the limit, with the position's columns, and
  /// `after` is its key; nil for the first page.
  func each(
    in db: any SQLConnection, from: SQLArguments, after: Int64?, limit: Int, _ body: (SQLRow) throws -> Void
  ) throws {
    var left = limit
    if let after {
      try db.each(tied, from + [left, after]) { row in
        left -= 1
        try body(row)
      }
    }
    if left > 0 { try db.each(later, from + [left], body) }
  }
}
