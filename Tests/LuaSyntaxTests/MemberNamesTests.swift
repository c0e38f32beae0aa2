import Testing

@testable import LuaSyntax

struct MemberNamesTests {
  private func names(_ source: String) -> Set<String>? { memberNames(in: Array(source.utf8)) }

  @Test func `names behind a dot or a colon are read, others are not`() {
    #expect(names("local name = a.b:c() ; return { d = e.f.g, 'h.i' } -- j.k[1]") == ["b", "c", "f", "g"])
    #expect(names("return contact . --[[ a comment ]] phone") == ["phone"])
  }

  @Test func `with a bracket, or when it is no Lua, nothing is known`() {
    #expect(names("return contact['phone']") == nil)
    #expect(names("return { [1] = 2 }") == nil)
    #expect(names("return 'unfinished") == nil)
  }
}
