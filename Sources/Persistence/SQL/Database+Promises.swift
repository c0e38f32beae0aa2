internal import GRDB
import Routing

extension Database {
  /// Runs a statement that must change exactly one row (I-36).
  ///
  /// Throws `StoreError.conflict` with `expectation` otherwise.
  func changeOne(
    _ sql: String, _ arguments: StatementArguments, expecting expectation: @autoclosure () -> String
  )
    throws
  {
    try cachedStatement(sql: sql).execute(arguments: arguments)
    guard changesCount == 1 else {
      throw StoreError.conflict(
        "expected \(expectation()), found \(changesCount) such rows: it was changed meanwhile; look and try again"
      )
    }
  }

  /// Runs a statement that may change any number of rows.
  func change(_ sql: String, _ arguments: StatementArguments = []) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
