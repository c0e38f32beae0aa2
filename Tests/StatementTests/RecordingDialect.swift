import StoreSQL
import Synchronization

/// SQLite's own SQL, except that RETURNING gives the key of a new row, as in PostgreSQL. Records every statement that a
/// connection prepares.
final class RecordingDialect: SQLDialect {
  private let seen = Mutex<Set<String>>([])

  /// Each statement once, in alphabetical order.
  var statements: [String] { seen.withLock { $0.sorted() } }

  var namesParameters: Bool { false }

  func text(_ sql: String) -> String {
    seen.withLock { _ = $0.insert(sql) }
    return sql
  }
}
