import Routing
import Wire

/// Converts between cells of a CSV file and JSON values.
enum CSVCell {
  /// The value of a cell that is not empty. A cell of the wrong kind becomes a string, which is then refused as the
  /// same string in a JSON line would be.
  static func value(of cell: String, _ kind: CSVTable.Kind) -> JSONValue {
    switch kind {
    case .text: .string(cell)
    case .flag: cell == "true" ? true : cell == "false" ? false : .string(cell)
    case .whole: Int64(cell).map(JSONValue.integer) ?? .string(cell)
    case .number: number(cell) ?? .string(cell)
    case .list: .array(items(of: cell).map(JSONValue.string))
    case .scalar: scalar(cell) ?? .string(cell)
    }
  }

  /// The cell of an attribute: a string as it is, in quotes if it would otherwise be read as another type.
  static func text(ofScalar value: JSONValue) -> String {
    guard case .string(let text) = value else { return FaithfulJSON.text(of: value) }
    return text.isEmpty || scalar(text) != nil ? FaithfulJSON.text(of: value) : text
  }

  static func text(ofList texts: [String]) -> String {
    texts.map { text in
      var escaped = ""
      for scalar in text.unicodeScalars {
        if scalar == "|" || scalar == "\\" { escaped.unicodeScalars.append("\\") }
        escaped.unicodeScalars.append(scalar)
      }
      return escaped
    }.joined(separator: "|")
  }

  private static func items(of cell: String) -> [String] {
    var items = [""]
    var isEscaped = false
    for scalar in cell.unicodeScalars {
      if isEscaped || scalar != "|" && scalar != "\\" {
        items[items.count - 1].unicodeScalars.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        items.append("")
      }
    }
    return items
  }

  private static func number(_ cell: String) -> JSONValue? {
    switch FaithfulJSON.value(of: cell) {
    case .integer(let number): .integer(number)
    case .number(let number): .number(number)
    default: nil
    }
  }

  /// A number, a flag or a quoted string; nil for any other text.
  private static func scalar(_ cell: String) -> JSONValue? {
    // JSON would also accept surrounding white space; here that makes the cell a string.
    guard let first = cell.utf8.first, let last = cell.utf8.last, first > 0x20, last > 0x20 else {
      return nil
    }
    switch FaithfulJSON.value(of: cell) {
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return .integer(number)
    case .number(let number): return .number(number)
    case .string(let text): return .string(text)
    default: return nil
    }
  }
}
