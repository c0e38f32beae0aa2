/// How an engine spells what engines spell differently. Statements are written as SQLite takes them, with every
/// parameter numbered: `?1`, `?2`, …
package protocol SQLDialect: Sendable {
  /// The text of a statement for this engine.
  func text(_ sql: String) -> String

  /// Whether a statement's parameters are called `$1`, `$2`, … instead of `?1`, `?2`, ….
  var namesParameters: Bool { get }
}

/// SQLite's own: statements are taken as they are written.
package struct SQLiteDialect: SQLDialect {
  package init() {}
  package func text(_ sql: String) -> String { sql }
  package var namesParameters: Bool { false }
}

/// SQLite with the parameters of PostgreSQL. Tests run the store through it: a statement that relies on how SQLite counts
/// parameters fails.
package struct NumberedDialect: SQLDialect {
  package init() {}

  package func text(_ sql: String) -> String {
    SQLTokens(sql).reduce(into: "") { text, token in
      if token.kind == .parameter {
        text += "$" + token.text.dropFirst()
      } else {
        text += token.text
      }
    }
  }

  package var namesParameters: Bool { true }
}

/// PostgreSQL 15 and later. Hints for SQLite's planner are left out, `max` and `min` of two values are `greatest` and
/// `least`, and `IS` compares values of which either may be NULL.
package struct PostgreSQLDialect: SQLDialect {
  package init() {}
  package var namesParameters: Bool { true }

  package func text(_ sql: String) -> String {
    let tokens = Array(SQLTokens(sql))
    var text = ""
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      switch (token.kind, token.text.uppercased()) {
      case (.parameter, _): text += "$" + token.text.dropFirst()
      case (.word, "INDEXED"):
        // INDEXED BY name, with the spaces between.
        index += 4
      case (.word, "CROSS") where PostgreSQLDialect.hasCondition(tokens, after: index):
        // A CROSS JOIN with a condition keeps SQLite's planner to the order of the tables.
        index += 1
      case (.word, "MAX"), (.word, "MIN"):
        let isPair = PostgreSQLDialect.argumentCount(tokens, after: index) > 1
        text += isPair ? (token.text.uppercased() == "MAX" ? "greatest" : "least") : token.text
      case (.word, "IS"): text += PostgreSQLDialect.comparison(tokens, at: &index)
      default: text += token.text
      }
      index += 1
    }
    return text
  }

  /// `IS NULL` and its like stay. `IS NOT value` becomes `IS DISTINCT FROM value`, `IS value` the opposite.
  private static func comparison(_ tokens: [SQLTokens.Token], at index: inout Int) -> String {
    let words = tokens[(index + 1)...].lazy.filter { $0.kind != .space }.prefix(2).map { $0.text.uppercased() }
    let kept: Set = ["NULL", "DISTINCT", "TRUE", "FALSE"]
    guard let first = words.first, !kept.contains(first) else { return "IS" }
    guard first == "NOT" else { return "IS NOT DISTINCT FROM" }
    guard let second = words.dropFirst().first, !kept.contains(second) else { return "IS" }
    index += 2
    return "IS DISTINCT FROM"
  }

  /// Whether the join that begins with CROSS at `index` has an ON before the next join or the end of the FROM.
  private static func hasCondition(_ tokens: [SQLTokens.Token], after index: Int) -> Bool {
    var depth = 0
    var isPastJoin = false
    for token in tokens[(index + 1)...] {
      switch (token.kind, token.text.uppercased()) {
      case (.other, "("): depth += 1
      case (.other, ")"):
        depth -= 1
        if depth < 0 { return false }
      case (.word, "ON") where depth == 0: return true
      case (.word, "JOIN") where depth == 0:
        if isPastJoin { return false }
        isPastJoin = true
      case (.word, "WHERE"), (.word, "ORDER"), (.word, "GROUP"), (.word, "LIMIT"), (.word, "UNION"), (.word, "CROSS"),
        (.word, "LEFT"):
        if depth == 0 { return false }
      default: continue
      }
    }
    return false
  }

  /// How many arguments the call has whose name stands at `index`.
  private static func argumentCount(_ tokens: [SQLTokens.Token], after index: Int) -> Int {
    var (depth, count) = (0, 1)
    for token in tokens[(index + 1)...] where token.kind == .other {
      switch token.text {
      case "(": depth += 1
      case ")":
        depth -= 1
        if depth == 0 { return count }
      case ",": if depth == 1 { count += 1 }
      default: continue
      }
    }
    return count
  }
}
