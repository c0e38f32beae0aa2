import Foundation
import LuaSyntax
import Policies
import PolicyTestKit
import PolicyTesting
import Routing
import Testing

@testable import PolicyLint

/// `usher check --fix`: unambiguous findings are fixed, and everything else is unchanged.
struct PolicyCheckFixTests {
  private func fixedText(_ source: String) -> String {
    String(decoding: PolicyCheck.FixedFile(file: "p", source: Array(source.utf8)).source, as: UTF8.self)
  }

  /// For the body of `select(contact, fleet)`.
  private func fixedBody(_ body: String) -> String {
    let (head, tail) = ("return { params = { max_wait = 1 }, select = function(contact, fleet)\n", "\nend }")
    let all = fixedText(head + body + tail)
    return String(all.dropFirst(head.count).dropLast(tail.count))
  }

  @Test(arguments: [
    ("return wait('x', params.max_wiat)", "return wait('x', params.max_wait)"),
    (
      "local other = fleet:least_load()\nreturn use(othr, 'x')",
      "local other = fleet:least_loaded()\nreturn use(other, 'x')"
    ),
    ("note(string.uper('x'))", "note(string.upper('x'))"),
    ("note(('x'):uper())", "note(('x'):upper())"),
    ("if fleet[1].status == 'offlne' then return nil end", "if fleet[1].status == 'offline' then return nil end"),
    ("note(contact.device . id())", "note(contact.device . id)"),
    ("note(fleet.get('D1').id)", "note(fleet:get('D1').id)"),
    ("note(fleet.least_loaded().id)", "note(fleet:least_loaded().id)"),
    ("score = 1\nnote(score)", "local score = 1\nnote(score)"),
    ("if contact.name then score = 1 note(score) end", "if contact.name then local score = 1 note(score) end"),
    ("if contact.name then wait('x') end", "if contact.name then return wait('x') end"),
    ("local f = function() skip('x') end\nreturn f()", "local f = function() return skip('x') end\nreturn f()"),
  ])
  func `unambiguous findings are fixed`(body: String, expected: String) {
    #expect(fixedBody(body) == expected)
  }

  @Test(arguments: [
    // Two names are equally near, or the name is too short.
    "note(contact.dive)", "if fleet[1].status == 'ofline' then return nil end", "note(ow)",
    "local own = contact.device\nnote(onw.id)",
    "note(fleet[1].lod)",
    // The nearest name is not in scope there.
    "do local other = 1 note(other) end\nnote(othr)", "note(othr)\nlocal other = 1\nnote(other)",
    // The variable is used outside the scope of a local, or before it has a value.
    "if contact.name then score = 1 end\nnote(score)", "note(score)\nscore = 1", "score = score + 1", "score, x = 1, 2",
    "for i = 1, 2 do score = i end\nreturn wait('x', score)",
    // Nothing may follow a return, and verdicts do not exist outside hooks.
    "wait('x')\nreturn nil", "local function f() return contact.name and skip('x') end\nf()",
    // Lua's pattern functions have similar names.
    "note(string.gsub('a', 'b', 'c'))", "note(('x'):gsub('a', 'b'))",
    // A tenant may set the other parameter.
    "return wait('x', params.min_wait)", "return wait('x', params.max_wait + params.max_wiat)",
    // A name or a text that is written with an escape, or that begins on the next line.
    "note(contact['dev\\105se'].id)", "note(contact[ [[\ndevise]] ].id)", "note(string['up\\101r']('x'))",
    "if fleet[1].status == 'of\\108ine' then return nil end", "note(fleet[1]['limit_in_fl\\105ght'])",
    // Not valid Lua.
    "retrun wait('x', params.max_wiat)", "note(contact.devise",
  ])
  func `ambiguous findings are not fixed`(body: String) {
    #expect(fixedBody(body) == body)
  }

  @Test(arguments: [
    ("contact['devise'].id", "contact['device'].id"), ("contact[ \"devise\" ].id", "contact[ \"device\" ].id"),
    ("contact[ [[devise]] ].id", "contact[ [[device]] ].id"),
    ("contact[([==[devise]==])].id", "contact[([==[device]==])].id"),
    ("fleet[1]['statuss']", "fleet[1]['status']"), ("string['uper']('x')", "string['upper']('x')"),
    ("('x')['uper']('x')", "('x')['upper']('x')"), ("params['max_wiat']", "params['max_wait']"),
    ("fleet[1]['limit_in_flight']", "fleet[1]['limit_queue']"),
    ("fleet[1][ [=[limit_in_flight]=] ]", "fleet[1][ [=[limit_queue]=] ]"),
    ("fleet[1].status == [[offlne]]", "fleet[1].status == [[offline]]"),
  ])
  func `a fix of a key in brackets keeps its quotes`(expression: String, expected: String) {
    #expect(
      fixedBody("local limit_queue, status, device = 'queued', 'id', 'name'\nnote(\(expression))")
        == "local limit_queue, status, device = 'queued', 'id', 'name'\nnote(\(expected))")
  }

  @Test func `a key in quotes with invalid UTF-8 is not fixed`() {
    let (head, tail) = ("return { select = function(contact, fleet) note(fleet[1]['statu", "s']) end }")
    let source = Array(head.utf8) + [0xFF] + Array(tail.utf8)
    #expect(PolicyCheck.FixedFile(file: "p", source: source).source == source)
  }

  @Test func `all other bytes are unchanged`() {
    let source =
      Array("-- \t caf".utf8) + [0xE9, 0xFF]
      + Array("\r\n\r\nreturn {select=function( contact )\r\n\tnote( contact.devise.id )  -- é\r\n end}".utf8)
    let expected =
      Array("-- \t caf".utf8) + [0xE9, 0xFF]
      + Array("\r\n\r\nreturn {select=function( contact )\r\n\tnote( contact.device.id )  -- é\r\n end}".utf8)
    #expect(PolicyCheck.FixedFile(file: "p", source: source).source == expected)
  }

  @Test func `only selected findings are fixed`() {
    let source = Array("return { select = function(contact) note(contact.devise) wiat('x') end }".utf8)
    let fixedFile = PolicyCheck.FixedFile(file: "p", source: source) { $0.rule == .unknownGlobal }
    #expect(fixedFile.fixed.map(\.rule) == [.unknownGlobal])
    #expect(String(decoding: fixedFile.source, as: UTF8.self).contains("note(contact.devise) wait('x')"))
  }

  /// `score` cannot become a local variable: the function has as many as Lua allows.
  private static func full(_ body: String) -> String {
    let locals = (1...198).map { "local l\($0) = 1\n" }.joined()
    return "return { select = function(contact, fleet)\n\(locals)\(body)\nend }"
  }

  @Test func `a fix that makes the file worse is refused, and the other fixes are applied`() throws {
    let body = "note(contact.devise.id) score = 1 note(score) note(fleet[1].statuss)"
    let fixedFile = PolicyCheck.FixedFile(file: "p", source: Array(Self.full(body).utf8))
    #expect(
      String(decoding: fixedFile.source, as: UTF8.self)
        == Self.full("note(contact.device.id) score = 1 note(score) note(fleet[1].status)"))
    #expect(fixedFile.fixed.map(\.rule) == [.unknownField, .unknownField])
    #expect(fixedFile.refused.map(\.rule) == [.undeclaredVariable])
    let again = PolicyCheck.FixedFile(file: "p", source: fixedFile.source)
    #expect(again.fixed.isEmpty && again.refused.map(\.fix) == fixedFile.refused.map(\.fix))
  }

  // ---- Mistakes in real policies

  private struct Subject: Sendable, CustomTestStringConvertible {
    let name: String
    let source: [UInt8]
    let cases: [UInt8]
    var testDescription: String { name }
  }

  private static let subjects: [Subject] = ["Rules", "Examples/policies"].flatMap(subjects(in:))

  private static func subjects(in folder: String) -> [Subject] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path(folder))) ?? []
    var subjects: [Subject] = []
    for file in files.sorted() where file.hasSuffix(".lua") && !file.hasSuffix("_test.lua") {
      let path = Repository.path("\(folder)/\(file.dropLast(4))")
      guard let source = FileManager.default.contents(atPath: path + ".lua"),
        let cases = FileManager.default.contents(atPath: path + "_test.lua")
      else { continue }
      subjects.append(Subject(name: String(file.dropLast(4)), source: Array(source), cases: Array(cases)))
    }
    return subjects
  }

  /// The positions of undeclared names, and of their members and those of the parameters.
  private static func names(in source: [UInt8]) throws -> [SourceRange] {
    let scope = ScopeAnalysis(try LuaParser.parse(source))
    let ranges =
      scope.globals.map(\.range) + scope.globalMembers.map(\.range) + scope.parameterMembers.map(\.member.range)
    return ranges.filter { $0.end.offset - $0.start.offset >= 4 }.sorted { $0.start < $1.start }
  }

  @Test(arguments: subjects) private func `a policy without findings is not changed`(subject: Subject) {
    let fixedFile = PolicyCheck.FixedFile(file: subject.name, source: subject.source)
    #expect(fixedFile.source == subject.source && fixedFile.fixed.isEmpty)
  }

  @Test(arguments: subjects)
  private func `a misspelt name is fixed so that the cases pass, or not at all`(subject: Subject) throws {
    let cases = try PolicyCases(file: subject.name + "_test", source: subject.cases)
    var random = SeededRandom(seed: 7)
    let names = try Self.names(in: subject.source)
    #expect(names.count >= 4)
    var fixedCount = 0
    for range in names {
      var slipped = subject.source
      let place = range.start.offset + 1 + Int(random.next() % UInt64(range.end.offset - range.start.offset - 2))
      switch random.next() % 3 {
      case 0: slipped.swapAt(place, place + 1)
      case 1: slipped.remove(at: place)
      default: slipped.insert(slipped[place], at: place)
      }
      let fixedFile = PolicyCheck.FixedFile(file: subject.name, source: slipped)
      #expect(
        PolicyCheck.FixedFile(file: subject.name, source: fixedFile.source).fixed.isEmpty, "a second run mends nothing")
      guard !fixedFile.fixed.isEmpty else { continue }
      fixedCount += 1
      #expect(fixedFile.source == subject.source, "\(String(decoding: fixedFile.source, as: UTF8.self))")
      for result in try cases.run(policy: subject.name, source: fixedFile.source) {
        #expect(result.holds, "\(result.name)")
      }
    }
    #expect(fixedCount * 2 > names.count, "most slips have one mend: \(fixedCount) of \(names.count)")
  }

  @Test(arguments: subjects) private func `a dropped return is restored in place`(subject: Subject) throws {
    let text = String(decoding: subject.source, as: UTF8.self)
    for form in PolicyVocabulary.script.verdicts.map(\.name) {
      for found in text.ranges(of: "return \(form)(") {
        var slipped = text
        slipped.removeSubrange(found.lowerBound..<text.index(found.lowerBound, offsetBy: "return ".count))
        // A verdict within an expression, or one truncated to one value by parentheses, is not a statement.
        guard (try? LuaParser.parse(slipped)) != nil else { continue }
        #expect(fixedText(slipped) == text)
      }
    }
  }
}
