import Routing

/// A value of one of the five types that every engine has. Booleans are 0 and 1; times are milliseconds since 1970.
package enum SQLValue: Equatable, Sendable {
  case null
  case integer(Int64)
  case number(Double)
  case text(String)
  case blob([UInt8])
}

/// A Swift type that can be bound to a parameter without loss.
package protocol SQLBindable {
  var sqlValue: SQLValue { get }
}

/// The values of a statement's parameters, in order; nil is NULL.
package struct SQLArguments: ExpressibleByArrayLiteral {
  /// The values of `?1`, `?2`, … in this order.
  package var values: [SQLValue]

  /// Elements of any bindable types; nil is NULL.
  package init(arrayLiteral elements: (any SQLBindable)?...) { values = elements.map { $0?.sqlValue ?? .null } }

  /// For a number of arguments known only at run time.
  package init(_ values: [SQLValue]) { self.values = values }

  /// For a list of one type, such as keys.
  package init(_ values: [some SQLBindable]) { self.values = values.map(\.sqlValue) }

  /// The arguments of `a`, then those of `b`.
  package static func + (a: SQLArguments, b: SQLArguments) -> SQLArguments { SQLArguments(a.values + b.values) }
}

/// A type that can be read from a column. NULL reads as nil if the type is optional, otherwise as 0 or the empty
/// string.
package protocol SQLReadable {
  static func read(_ columns: any SQLColumns, _ column: Int) -> Self
}

extension Int64: SQLBindable, SQLReadable {
  /// Stored as it is.
  package var sqlValue: SQLValue { .integer(self) }
  /// SQLite's full integer range.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> Int64 { columns.integer(column) }
}

extension Int: SQLBindable, SQLReadable {
  /// Stored as 64 bits.
  package var sqlValue: SQLValue { .integer(Int64(self)) }
  /// SQLite's full integer range.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> Int { Int(columns.integer(column)) }
}

extension Int32: SQLBindable, SQLReadable {
  /// Stored as 64 bits.
  package var sqlValue: SQLValue { .integer(Int64(self)) }
  /// Truncates values that do not fit.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> Int32 {
    Int32(truncatingIfNeeded: columns.integer(column))
  }
}

extension Bool: SQLBindable, SQLReadable {
  /// 1 or 0.
  package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
  /// True for every number except 0.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> Bool { columns.integer(column) != 0 }
}

extension Double: SQLBindable, SQLReadable {
  /// Stored as it is.
  package var sqlValue: SQLValue { .number(self) }
  /// Converts an integer.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> Double { columns.number(column) }
}

extension String: SQLBindable, SQLReadable {
  /// Stored as UTF-8.
  package var sqlValue: SQLValue { .text(self) }
  /// Repairs bytes that are not UTF-8.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> String { columns.text(column) }
}

extension [UInt8]: SQLBindable, SQLReadable {
  /// Stored byte for byte.
  package var sqlValue: SQLValue { .blob(self) }
  /// Empty for NULL.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> [UInt8] { columns.blob(column) }
}

/// Milliseconds since 1970, UTC, as in every table.
extension Instant: SQLBindable, SQLReadable {
  /// An integer, also for times before 1970.
  package var sqlValue: SQLValue { .integer(milliseconds) }
  /// 1970 for NULL.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> Instant {
    Instant(milliseconds: columns.integer(column))
  }
}

extension SQLValue: SQLBindable, SQLReadable {
  /// Any value is bound in its own type.
  package var sqlValue: SQLValue { self }
  /// The value in its stored type.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> SQLValue { columns.value(column) }
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
  /// Nil for NULL, whatever the type.
  package static func read(_ columns: any SQLColumns, _ column: Int) -> Wrapped? {
    columns.isNull(column) ? nil : Wrapped.read(columns, column)
  }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
  /// Nil binds NULL.
  package var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
