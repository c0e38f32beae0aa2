/// Translates SQLite's SQL for an engine. Statements number every parameter: `?1`, `?2`, …
package protocol SQLDialect: Sendable {
  /// The statement in this engine's SQL. Called once for each prepared statement; costs a pass over its text.
  func text(_ sql: String) -> String

  /// Whether parameters are written `$1`, `$2`, … instead of `?1`, `?2`, ….
  var namesParameters: Bool { get }

  /// The end of an INSERT that returns the row's `id`. Empty if the connection knows the key without it.
  var returningKey: String { get }
}

extension SQLDialect {
  /// The syntax that most engines accept.
  package var returningKey: String { " RETURNING id" }
}

/// SQLite's own SQL, unchanged.
package struct SQLiteDialect: SQLDialect {
  /// Has no state.
  package init() {}
  /// Returns `sql` unchanged.
  package func text(_ sql: String) -> String { sql }
  /// False: parameters stay `?1`.
  package var namesParameters: Bool { false }

  /// With RETURNING, SQLite keeps a journal for each statement, which makes imports a third slower.
  package var returningKey: String { "" }
}

/// SQLite with PostgreSQL's parameters. Only tests use it, until there is a second engine: they run the store through
/// it, so that a statement that relies on how SQLite counts parameters fails.
package struct NumberedDialect: SQLDialect {
  /// Has no state.
  package init() {}

  /// Changes only parameters; quoted text stays as it is.
  package func text(_ sql: String) -> String {
    SQLTokens(sql).reduce(into: "") { text, token in
      if token.kind == .parameter {
        text += "$" + token.text.dropFirst()
      } else {
        text += token.text
      }
    }
  }

  /// True: `$1`, as in PostgreSQL.
  package var namesParameters: Bool { true }
}

/// PostgreSQL 15 and later. Only tests use it, until there is an engine for it: they prepare every statement on a
/// server.
///
/// Leaves out hints for SQLite's planner and `WITHOUT ROWID`. Writes `max` and `min` of two values as `greatest` and
/// `least`, `IS` as a comparison of values that may be NULL, and `LIKE` as a case-insensitive match, and uses
/// PostgreSQL's names of functions. A statement must not rely on `max` and `min` being NULL when one of the values is:
/// `greatest` and `least` skip NULL.
package struct PostgreSQLDialect: SQLDialect {
  /// Has no state.
  package init() {}
  /// True: PostgreSQL has no `?1`.
  package var namesParameters: Bool { true }

  /// Functions that statements call and PostgreSQL lacks. A store's schema defines them.
  ///
  /// `json_each` returns the members of an object, or the elements of an array with positions from 0. Keys and values
  /// are text.
  package static let definitions = """
    CREATE FUNCTION json_each(document text) RETURNS TABLE (key text, value text)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
      SELECT m.key, m.value FROM json_each_text(
        CASE json_typeof(document::json) WHEN 'object' THEN document::json ELSE '{}' END) m
      UNION ALL
      SELECT (e.place - 1)::text, e.value FROM json_array_elements_text(
        CASE json_typeof(document::json) WHEN 'array' THEN document::json ELSE '[]' END)
        WITH ORDINALITY AS e (value, place)
    $$;
    """

  /// PostgreSQL's equivalents of SQLite's words, where nothing else differs.
  private static let words = [
    "GROUP_CONCAT": "string_agg", "JSON_ARRAY": "jsonb_build_array", "JSON_GROUP_ARRAY": "json_agg", "LIKE": "ILIKE",
  ]

  /// One pass over the tokens; quoted text stays as it is.
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
        // A CROSS JOIN with a condition only makes SQLite join the tables in this order.
        index += 1
      case (.word, "MAX"), (.word, "MIN"):
        let isPair = PostgreSQLDialect.argumentCount(tokens, after: index) > 1
        text += isPair ? (token.text.uppercased() == "MAX" ? "greatest" : "least") : token.text
      case (.word, "WITHOUT") where PostgreSQLDialect.word(in: tokens, after: index) == "ROWID":
        index += 2
      case (.word, let word) where PostgreSQLDialect.words[word] != nil:
        text += PostgreSQLDialect.words[word] ?? word
      case (.word, "IS"): text += PostgreSQLDialect.comparison(tokens, at: &index)
      default: text += token.text
      }
      index += 1
    }
    return text
  }

  /// The next word in capitals; nil if the next token is not a word.
  private static func word(in tokens: [SQLTokens.Token], after index: Int) -> String? {
    let next = tokens[(index + 1)...].first { $0.kind != .space }
    return next?.kind == .word ? next?.text.uppercased() : nil
  }

  /// `IS NULL` and similar forms stay. `IS NOT value` becomes `IS DISTINCT FROM value`, and `IS value` the opposite.
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

  /// The number of arguments in the call whose name is at `index`.
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
