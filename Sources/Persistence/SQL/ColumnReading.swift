internal import GRDB

/// The columns of a row, from 0, by their kinds in the schema: of a statement that stands at it, or of a row of GRDB's.
protocol ColumnReading {
  func integer(_ column: CInt) -> Int64
  func optionalInteger(_ column: CInt) -> Int64?
  func number(_ column: CInt) -> Double
  func text(_ column: CInt) -> String
  func optionalText(_ column: CInt) -> String?
}

extension RawStatement: ColumnReading {}

extension Row: ColumnReading {
  func integer(_ column: CInt) -> Int64 { self[Int(column)] }
  func optionalInteger(_ column: CInt) -> Int64? { self[Int(column)] }
  func number(_ column: CInt) -> Double { self[Int(column)] }
  func text(_ column: CInt) -> String { self[Int(column)] }
  func optionalText(_ column: CInt) -> String? { self[Int(column)] }
}
