import Routing
import Wire

/// The columns of one CSV file. Turns each row into the JSON object of an equivalent line.
struct CSVColumns {
  private let type: String
  private let columns: [CSVTable.Column]
  private let known: [CSVTable.Column]
  /// Pairs of columns of the file that are the former and the present name of one value.
  private let renamed: [(former: CSVTable.Column, column: CSVTable.Column)]

  /// Throws an `ImportProblem` on line 1 for an unknown column.
  init(_ header: [String], of table: CSVTable) throws {
    type = table.rawValue
    let known = table.columns
    let former = table.carried.compactMap(\.formerCSV)
    self.known = known
    let columns = try header.map { name in
      if let column = (known + former).first(where: { $0.name == name }) { return column }
      let attribute = name.dropFirst(CSVTable.attributePrefix.count)
      if table.hasAttributes, name.hasPrefix(CSVTable.attributePrefix), !attribute.isEmpty {
        return CSVTable.Column(name, .scalar, .member(of: "attributes", String(attribute)))
      }
      let names = known.map(\.name)
      let list = names.joined(separator: ", ") + (table.hasAttributes ? ", \(CSVTable.attributePrefix)NAME" : "")
      throw ImportProblem(
        line: 1, field: terminalSafe(name),
        "unknown column; "
          + (EditDistance.hint(to: name, among: names) ?? "the known columns are \(list)"))
    }
    self.columns = columns
    renamed = table.carried.compactMap { carried in
      guard let former = carried.formerCSV, columns.contains(where: { $0.name == former.name }),
        let column = columns.first(where: { $0.name == carried.name })
      else { return nil }
      return (former, column)
    }
  }

  /// The fields that the row sets; an empty cell sets nothing.
  func object(_ row: CSVRow) throws -> JSONObject {
    var object: JSONObject = ["type": .string(type)]
    for (column, cell) in zip(columns, row.cells) where !cell.isEmpty {
      let value = CSVCell.value(of: cell, column.kind)
      switch column.place {
      case .key(let key): object[key] = value
      case .member(let key, let name):
        var members = JSONObject()
        if case .object(let present)? = object[key] { members = present }
        members[name] = value
        object[key] = .object(members)
      case .element(let key, _):
        var elements: [JSONValue] = []
        if case .array(let present)? = object[key] { elements = present }
        object[key] = .array(elements + [value])
      }
    }
    try checkPairs(object, row)
    return object
  }

  /// Two columns that form one value must be set together, and two names of one value must not differ.
  private func checkPairs(_ object: JSONObject, _ row: CSVRow) throws {
    for (former, column) in renamed {
      guard let found = former.place.value(in: object), let expected = column.place.value(in: object),
        found != expected
      else { continue }
      throw ImportProblem(
        line: row.line, field: former.name,
        "expected the value of '\(column.name)', \(expected.briefly), found \(found.briefly); "
          + "'\(former.name)' is the old name of '\(column.name)'; leave it out")
    }
    guard case .array(let elements)? = object["pace_s"], elements.count != 2 else { return }
    throw ImportProblem(
      line: row.line, field: "pace_max_s",
      "expected both pace_min_s and pace_max_s or neither, found one of them; fill in the other")
  }

  /// The column that holds the value at a JSON path.
  func column(at path: String) -> String {
    let key = path.prefix { $0 != "[" && $0 != "." }
    // A column of the file first; a path that the file does not have is named as the columns that there may be.
    for column in columns + known {
      switch column.place {
      case .key(let name) where name == key: return column.name
      case .member(let object, let name) where "\(object).\(name)" == path: return column.name
      case .element(let list, let index) where "\(list)[\(index)]" == path: return column.name
      default: continue
      }
    }
    return path == "pace_s" ? "pace_min_s" : path
  }
}

extension CSVTable.Place {
  /// The value of a key or member; nil if the object does not have it, and for an element of a list.
  fileprivate func value(in object: JSONObject) -> JSONValue? {
    switch self {
    case .key(let key): return object[key]
    case .member(let key, let name):
      guard case .object(let members)? = object[key] else { return nil }
      return members[name]
    case .element: return nil
    }
  }
}
