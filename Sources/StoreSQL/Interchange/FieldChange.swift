import Routing

/// A change by an import to a field of an existing row, as shown in the audit.
struct FieldChange {
  /// Longer values are cut. The file has the full values, and the audit has the file's digest.
  static let valueMax = 120
  /// The limit for all changes of one row together.
  static let detailMax = 2000

  let text: String

  init(_ name: String, _ before: String?, _ after: String?) {
    text = "\(name) \(FieldChange.brief(before)) to \(FieldChange.brief(after))"
  }

  /// A change described without values.
  init(_ text: String) { self.text = text }

  static func detail(_ changes: [FieldChange]) -> String {
    cut(changes.map(\.text).joined(separator: "; "), at: detailMax)
  }

  /// Omits a zero fraction.
  static func text(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
  }

  private static func brief(_ value: String?) -> String { value.map { cut($0, at: valueMax) } ?? "none" }

  private static func cut(_ text: String, at most: Int) -> String {
    text.count <= most ? text : text.prefix(most - 1) + "…"
  }
}

/// The format of a value.
enum FieldFormat { case plain, quoted, instant }

extension Draft {
  /// The changes from the stored row in these columns; empty for a new row.
  func changes(_ columns: [(column: Column, name: String, format: FieldFormat)]) -> [FieldChange] {
    guard !isNew else { return [] }
    return columns.filter { differs($0.column) }.map {
      FieldChange($0.name, Self.text(before($0.column), $0.format), Self.text(self[$0.column], $0.format))
    }
  }

  private static func text(_ value: SQLValue, _ format: FieldFormat) -> String? {
    switch value {
    case .null, .blob: nil
    case .integer(let number): format == .instant ? Instant(milliseconds: number).rfc3339 : "\(number)"
    case .number(let number): FieldChange.text(number)
    case .text(let text): format == .quoted ? "'\(text)'" : text
    }
  }
}
