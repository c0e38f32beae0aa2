import Routing
import Wire

/// A line's values for the columns of a row, read completely before anything is written.
struct StatedColumns<Column: CarriedColumn> {
  private enum Value {
    case scalar(Patch<SQLValue>)
    case list(Patch<[String]>)
    case map(Patch<JSONObject>)
  }

  private var values: [(column: Column, value: Value)] = []
  /// The keys that the line names as an earlier version did.
  private(set) var formerKeys: [FormerKey] = []

  /// Reads the keys of all columns in order. Throws for the first invalid value; the caller reads the other keys of the
  /// line.
  init(_ reader: inout JSONReader) throws(FieldError) {
    var columns = Array(Column.allCases)[...]
    while let column = columns.first {
      switch column.carried.place {
      case .key(let key):
        values.append((column, try StatedColumns.value(column.carried, key, &reader)))
        columns.removeFirst()
      case .member(let key, _):
        let group = columns.prefix { if case .member(key, _) = $0.carried.place { true } else { false } }
        try readMembers(Array(group), of: key, &reader)
        columns.removeFirst(group.count)
      case .element(let key, _):
        let pace = try reader.named(key) { (r, k) throws(FieldError) in try r.pace(k) }
        values.append((column, .scalar(pace.map(\.0.sqlValue))))
        values.append((columns[columns.startIndex + 1], .scalar(pace.map(\.1.sqlValue))))
        columns.removeFirst(2)
      }
    }
  }

  /// Applies the line's values; `null` resets a column to its default, or to its value in `other`.
  func set(in draft: inout Draft<Column>, other: [Column: SQLValue] = [:]) {
    for (column, value) in values {
      switch value {
      case .scalar(let named): draft.set(column, named, cleared: other[column] ?? column.carried.standard)
      case .list(let named):
        if !named.isAbsent { draft.setJSON(column, .array((named.value ?? []).map(JSONValue.string))) }
      case .map(let named): draft.merge(column, named)
      }
    }
  }

  private mutating func readMembers(
    _ group: [Column], of key: String, _ reader: inout JSONReader
  ) throws(FieldError) {
    guard var object = try reader.optionalObject(key) else {
      let isNull = reader.presence(of: key) == .null
      values += group.map { ($0, .scalar(isNull ? .null : .absent)) }
      return
    }
    for column in group {
      guard case .member(_, let name) = column.carried.place else { continue }
      if let former = column.carried.former, let found = try object.accept(former.key, for: name) {
        formerKeys.append(found)
      }
      values.append((column, try StatedColumns.value(column.carried, name, &object)))
    }
    try object.finish()
  }

  private static func value(
    _ carried: Carried, _ key: String, _ reader: inout JSONReader
  ) throws(FieldError) -> Value {
    switch carried.kind {
    case .labels: return .list(try reader.named(key) { (r, k) throws(FieldError) in try r.labels(k) })
    case .scalars: return .map(try reader.named(key) { (r, k) throws(FieldError) in try r.scalars(k) })
    default: break
    }
    guard carried.mayBeNull else {
      let given = try reader.given(key) { (r, k) throws(FieldError) in try scalar(carried.kind, k, &r) }
      return .scalar(given.map(Patch.value) ?? .absent)
    }
    return .scalar(try reader.named(key) { (r, k) throws(FieldError) in try scalar(carried.kind, k, &r) })
  }

  private static func scalar(
    _ kind: Carried.Kind, _ key: String, _ reader: inout JSONReader
  ) throws(FieldError) -> SQLValue {
    switch kind {
    case .text: try reader.text(key).sqlValue
    case .phone: try reader.phone(key).sqlValue
    case .instant: try reader.instant(key).sqlValue
    case .count: try reader.whole(key).sqlValue
    case .label(let hint): try reader.label(key, hint: hint).sqlValue
    case .word(let words): try reader.oneOf(key, words).sqlValue
    case .seconds, .labels, .scalars, .device: preconditionFailure("no value that stands alone")
    }
  }
}

extension JSONReader {
  /// Two bounds in seconds, or one number for both.
  fileprivate mutating func pace(_ key: String) throws(FieldError) -> (Double, Double) {
    let expected = "a pace in seconds: [least, most] with 0 ≤ least ≤ most ≤ 86400, or one number"
    let bounds: [JSONValue]
    switch value(key) {
    case .array(let elements)?: bounds = elements
    case let single?: bounds = [single, single]
    case nil: bounds = []
    }
    let seconds = bounds.compactMap { (bound) -> Double? in
      switch bound {
      case .integer(let number): Double(number)
      case .number(let number): number
      default: nil
      }
    }
    guard bounds.count == 2, seconds.count == 2,
      Pace(minimumSeconds: seconds[0], maximumSeconds: seconds[1]) != nil
    else {
      let found = bounds.isEmpty ? "no bounds" : bounds.map(\.briefly).joined(separator: " and ")
      throw FieldError(path: path(of: key), expected: expected, found: found)
    }
    return (seconds[0], seconds[1])
  }
}
