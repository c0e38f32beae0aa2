import LuaSyntax
import Testing

@Suite struct ReturnedTableTests {
  @Test func `a returned constructor is read field by field`() throws {
    let table = try #require(
      try table(
        """
        local function decide(ctx, ...) end
        local limit = 5
        local counter = 0
        function bump() counter = counter + 1 end
        return {
          name = "x", version = -1.5, on = true, decide = decide, limit = limit, counter = counter,
          ["key"] = {}, [1] = 2, 3, call = f(), run = function(a, b) end,
        }
        """))
    #expect(
      table.fields.map(describe) == [
        "name string x", "version number -1.5", "on boolean true", "decide function ctx...",
        "limit number 5.0", "counter other", "key table", "call other", "run function a,b",
      ])
    #expect(table.fields[0].position == SourcePosition(offset: 123, line: 6, column: 3))
    #expect(table.range.start.line == 5)
  }

  @Test func `a returned local collects the fields assigned to it at the top level`() throws {
    let table = try #require(
      try table(
        """
        local M = { a = 1 }
        M.b, M["c"] = "s", nil
        function M.d(x) end
        function M:e(y) end
        function M.sub.f() end
        M.sub.g = 1
        if z then M.h = 1 end
        M.a = false
        return M
        """))
    #expect(
      table.fields.map(describe) == [
        "a number 1.0", "b string s", "c other", "d function x", "e function self,y", "a boolean false",
      ])
    #expect(table[name: "a"]?.value == .boolean(false))
    #expect(table[name: "h"] == nil)
  }

  @Test(arguments: [
    "", "return", "return 1", "return f()", "return {}, 1", "return M", "M = {} return M",
    "local M = {} M = {} return M", "local M = f() return M", "do local M = {} return M end",
    "local M = {} do return M end", "if x then return {} end",
  ])
  func `any other last statement gives no table`(source: String) throws {
    #expect(try table(source) == nil)
  }

  @Test(arguments: ["return {}", "return ({})", "local M = {} return M;", "local M <const> = {} return (M)"])
  func `an empty table is a table`(source: String) throws {
    #expect(try #require(try table(source)).fields.isEmpty)
  }

  private func table(_ source: String) throws -> ReturnedTable? {
    let chunk = try LuaParser.parse(source)
    return ReturnedTable(chunk, scope: ScopeAnalysis(chunk))
  }

  private func describe(_ field: ReturnedTable.Field) -> String {
    let value =
      switch field.value {
      case .function(let parameters, let isVararg, _):
        "function \(parameters.joined(separator: ","))\(isVararg ? "..." : "")"
      case .string(let text): "string \(text)"
      case .number(let number): "number \(number)"
      case .boolean(let flag): "boolean \(flag)"
      case .table: "table"
      case .other: "other"
      }
    return "\(field.name) \(value)"
  }
}
