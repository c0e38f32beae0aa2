import Testing

@testable import StoreSQL

struct DialectTests {
  @Test(arguments: [
    "SELECT a FROM b WHERE c = ?1 AND d = 'x''?2' -- ?3\n AND \"e?4\" < ?12", "", "?1", "'unended", "a -- b",
  ])
  func `the tokens of a statement are the statement`(sql: String) {
    #expect(SQLTokens(sql).map(\.text).joined() == sql)
  }

  @Test func `parameters are renamed, and nothing in quotes or comments is`() {
    #expect(
      NumberedDialect().text("SELECT '?1', \"?2\", ?3, 'it''s ?4', ?12 -- ?5\n, ?6")
        == "SELECT '?1', \"?2\", $3, 'it''s ?4', $12 -- ?5\n, $6")
  }

  @Test(arguments: [
    ("SELECT a FROM t INDEXED BY t_a WHERE a = ?1", "SELECT a FROM t  WHERE a = $1"),
    ("FROM a CROSS JOIN b ON b.id = a.id CROSS JOIN c WHERE 1", "FROM a JOIN b ON b.id = a.id CROSS JOIN c WHERE 1"),
    ("FROM a CROSS JOIN b CROSS JOIN c ON c.id = a.id", "FROM a CROSS JOIN b JOIN c ON c.id = a.id"),
    (
      "CROSS JOIN (SELECT 1 FROM x JOIN y ON x.a = y.a) z WHERE 1",
      "CROSS JOIN (SELECT 1 FROM x JOIN y ON x.a = y.a) z WHERE 1"
    ),
    (
      "SET a = max(coalesce(a, ?1), ?1), b = (SELECT max(c) FROM t)",
      "SET a = greatest(coalesce(a, $1), $1), b = (SELECT max(c) FROM t)"
    ),
    ("min(a, b)", "least(a, b)"),
    ("a IS NULL AND b IS NOT NULL", "a IS NULL AND b IS NOT NULL"),
    ("a IS ?1 OR b IS NOT ?2", "a IS NOT DISTINCT FROM $1 OR b IS DISTINCT FROM $2"),
    ("(a, b) IS NOT (c, d)", "(a, b) IS DISTINCT FROM (c, d)"),
    ("maximum(a, b), isolated", "maximum(a, b), isolated"),
    ("CREATE TEMP TABLE a (b BIGINT) WITHOUT ROWID", "CREATE TEMP TABLE a (b BIGINT) "),
    ("SELECT rowid FROM a WHERE b = without", "SELECT rowid FROM a WHERE b = without"),
    ("group_concat(a, ', ')", "string_agg(a, ', ')"),
    ("coalesce(json_group_array(a), '[]')", "coalesce(json_agg(a), '[]')"),
    ("json_array('like', ?1), 'LIKE'", "jsonb_build_array('like', $1), 'LIKE'"),
    ("a LIKE '%.lua' OR a NOT LIKE b", "a ILIKE '%.lua' OR a NOT ILIKE b"),
  ])
  func `PostgreSQL gets its own SQL`(sql: String, expected: String) {
    #expect(PostgreSQLDialect().text(sql) == expected)
  }
}
