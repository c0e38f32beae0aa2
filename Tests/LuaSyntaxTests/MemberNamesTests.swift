import Testing

@testable import LuaSyntax

struct MemberNamesTests {
  private func names(_ source: String) -> Set<String>? { memberNames(in: Array(source.utf8)) }

  @Test func `names after a dot or a colon are members, other names are not`() {
    #expect(names("local name = a.b:c() ; return { d = e.f.g, 'h.i' } -- j.k[1]") == ["b", "c", "f", "g"])
    #expect(names("return contact . --[[ a comment ]] phone") == ["phone"])
  }

  @Test func `a source with a computed key, or that is not Lua, gives no member names`() {
    #expect(names("return contact['phone']") == nil)
    #expect(names("return { ['a'] = 2 }") == nil)
    #expect(names("return contact[key]") == nil)
    #expect(names("return contact[(1)]") == nil)
    #expect(names("return 'unfinished") == nil)
    #expect(names("return contact[") == nil)
    #expect(names("return contact[1") == nil)
  }

  @Test func `a numeric index does not hide member names`() {
    #expect(names("return { [1] = a.b[2] }") == ["b"])
    #expect(names("for i = 1, 3 do local d = fleet[i].load end") == ["load"])
    #expect(names("for i = 1, 3 do t.i = fleet[i] end for i = 2, 4 do local d = fleet[i] end") == ["i"])
  }

  @Test(arguments: [
    "for i = 1, 3 do i = 'phone' ; x = contact[i] end",
    "for i = 1, 3 do local i = 'phone' x = contact[i] end",
    "for i = 1, 3 do end local i = 'phone' x = contact[i]",
    "for i in pairs(names) do x = contact[i] end",
    "for i = 1, 3 do end for k, i in pairs(names) do x = contact[i] end",
    "for i = 1, 3 do end local function read(i) return contact[i] end",
    "for i = 1, 3 do end x, i = 1, 'phone' y = contact[i]",
    "for i = 1, 3 do end function i() end y = contact[i]",
    "for i = 1, 3 do y = contact[i .. ''] end",
    "for i = 1, 3 do local j = i y = contact[i] end",
  ])
  func `a bracketed name that could be a string gives no member names`(source: String) {
    #expect(names(source) == nil)
  }
}
