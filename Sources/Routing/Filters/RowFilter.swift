/// A condition on rows, such as `sequence=welcome and step>1`, as commands and interfaces take it.
///
/// It is evaluated in memory, so that every engine gives the same answer. `FilterParser` reads the text, and
/// `Docs/Reference/Filters.md` describes the language.
package indirect enum RowFilter: Equatable, Sendable {
  case comparison(FilterComparison)
  case not(RowFilter)
  case and(RowFilter, RowFilter)
  case or(RowFilter, RowFilter)

  /// Whether a row matches. `value` returns the row's value for a field, nil for a missing one; it is called only for the
  /// fields that decide, from left to right. A missing value matches `!=` alone.
  package func matches(_ value: (FilterField) -> FilterValue?) -> Bool {
    switch self {
    case .comparison(let comparison): comparison.holds(for: value(comparison.field))
    case .not(let filter): !filter.matches(value)
    case .and(let left, let right): left.matches(value) && right.matches(value)
    case .or(let left, let right): left.matches(value) || right.matches(value)
    }
  }
}

/// A field of a row: a column, or a member of the attributes.
package struct FilterField: Hashable, Sendable {
  /// The name as it is written: `lead_tag`; `attributes` for a member.
  package let name: String
  /// The member's name; nil for a column.
  package let attribute: String?

  /// A column, or with `attribute` a member of the attributes.
  package init(_ name: String, attribute: String? = nil) { (self.name, self.attribute) = (name, attribute) }
}

/// A value of a row, or one to compare with.
package enum FilterValue: Equatable, Sendable {
  case text(String)
  case number(Double)
  case boolean(Bool)
  case time(Instant)
  /// A list, such as tags. A comparison holds if it holds for one element; `!=` if no element is equal.
  case texts([String])
}

/// One comparison of a filter.
package struct FilterComparison: Equatable, Sendable {
  /// How two values are compared. Text is compared byte by byte.
  package enum Operator: String, CaseIterable, Sendable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case notGreater = "<="
    case greater = ">"
    case notLess = ">="
    case glob = "~"
  }

  /// The field on the left.
  package let field: FilterField
  /// The operator between them.
  package let op: Operator
  /// What the field is compared with; several for `in`, one of which must be equal.
  package let values: [FilterValue]

  /// `values` has one element, or more with `equal`.
  package init(_ field: FilterField, _ op: Operator, _ values: [FilterValue]) {
    (self.field, self.op, self.values) = (field, op, values)
  }

  /// Values of different types are never equal, and neither is less than the other.
  func holds(for found: FilterValue?) -> Bool {
    guard op != .notEqual else { return !values.contains { FilterComparison.holds(.equal, found, $0) } }
    return values.contains { FilterComparison.holds(op, found, $0) }
  }

  private static func holds(_ op: Operator, _ left: FilterValue?, _ right: FilterValue) -> Bool {
    switch (left, right) {
    case (.texts(let elements), _): elements.contains { holds(op, .text($0), right) }
    case (.text(let left), .text(let right)):
      op == .glob ? Glob.matches(right, left) : holds(op, left, right, by: FilterComparison.isBefore)
    case (.number(let left), .number(let right)): holds(op, left, right) { $0 < $1 }
    case (.time(let left), .time(let right)): holds(op, left.milliseconds, right.milliseconds) { $0 < $1 }
    case (.boolean(let left), .boolean(let right)): op == .equal && left == right
    default: false
    }
  }

  /// Whether the bytes of one text come before those of another.
  private static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func holds<Value>(
    _ op: Operator, _ left: Value, _ right: Value, by isLess: (Value, Value) -> Bool
  ) -> Bool {
    switch op {
    case .equal: !isLess(left, right) && !isLess(right, left)
    case .less: isLess(left, right)
    case .notGreater: !isLess(right, left)
    case .greater: isLess(right, left)
    case .notLess: !isLess(left, right)
    case .notEqual, .glob: false
    }
  }
}

/// Patterns in which `*` is any number of characters and `?` is one.
enum Glob {
  /// Compares the whole text, with upper and lower case as different. Costs at most the product of the lengths.
  static func matches(_ pattern: String, _ text: String) -> Bool {
    let (pattern, text) = (Array(pattern.unicodeScalars), Array(text.unicodeScalars))
    var (place, index) = (0, 0)
    // Where the last `*` is, and how much of the text it covers so far.
    var star: (place: Int, index: Int)?
    while index < text.count {
      if place < pattern.count, pattern[place] == "*" {
        star = (place, index)
        place += 1
      } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[index] {
        (place, index) = (place + 1, index + 1)
      } else if let last = star {
        star = (last.place, last.index + 1)
        (place, index) = (last.place + 1, last.index + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
