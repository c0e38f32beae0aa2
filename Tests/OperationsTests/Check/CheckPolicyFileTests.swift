import Foundation
import Policies
import PolicyLint
import RoutingTestKit
import Testing

@testable import Operations

/// Checks and fixes one policy file.
struct CheckPolicyFileTests {
  private let folder = TestFolder()
  private let source = "return { select = function(contact, fleet) return use(contact.devise, 'x') end }\n"

  private func check(
    _ path: String, _ source: String, disabled: [PolicyCheck.Rule] = [], fixes: Bool = false
  ) throws -> CheckedFile {
    try CheckPolicyFile(path, source: Array(source.utf8), disabled: disabled).run(fixes: fixes)
  }

  @Test func `a finding names the file as given, and a rule can be left out`() throws {
    let found = try check("p.lua", source)
    #expect(found.path == "p.lua" && found.source == Array(source.utf8) && found.fixed.isEmpty)
    let rules = found.findings.map(\.rule)
    try #require(!rules.isEmpty)
    #expect(try check("p.lua", source, disabled: rules).findings.isEmpty)
  }

  @Test func `a fix is written, and fixed problems are not findings`() throws {
    let path = try folder.write(source, to: "p.lua")
    let fixed = try check(path, source, fixes: true)
    #expect(fixed.fixed.count == 1 && fixed.findings.isEmpty)
    #expect(try folder.contents("p.lua") == fixed.source)
    #expect(String(decoding: fixed.source, as: UTF8.self).contains("contact.device"))
    #expect(try check(path, String(decoding: fixed.source, as: UTF8.self), fixes: true).fixed.isEmpty)
  }

  @Test func `a fix that would give the file a new error is not written, and its finding has no fix`() throws {
    let locals = (1...198).map { "local l\($0) = \($0)\n" }.joined()
    let source = "return { select = function(contact, fleet)\n\(locals)score = 1 note(score) end }"
    let path = try folder.write(source, to: "p.lua")
    #expect(try check(path, source).findings.contains { $0.rule == .undeclaredVariable && $0.fix != nil })
    let checked = try check(path, source, fixes: true)
    #expect(checked.fixed.isEmpty && checked.refused.map(\.rule) == [.undeclaredVariable])
    #expect(
      checked.findings.contains { $0.rule == .undeclaredVariable } && checked.findings.allSatisfy { $0.fix == nil })
    #expect(try folder.contents("p.lua") == Array(source.utf8))
  }

  @Test func `a file that changed after it was read is not written`() throws {
    let path = try folder.write("return {}\n", to: "p.lua")
    let error = #expect(throws: Problem.self) { try check(path, source, fixes: true) }
    #expect(error?.code == .changedMeanwhile)
    #expect(try folder.contents("p.lua") == Array("return {}\n".utf8))
  }

  @Test func `a file of cases is checked as such and never written`() throws {
    let path = try folder.write("return { policy = 'p' }\n", to: "p_test.lua")
    let found = try check(path, "return { policy = 'p' }\n", fixes: true)
    #expect(found.fixed.isEmpty && !found.findings.isEmpty)
  }

  @Test func `only a regular file is written, through links to it`() throws {
    let path = try folder.write(source, to: "p.lua")
    let links = [("link.lua", "p.lua"), ("nowhere.lua", "gone.lua"), ("null.lua", "/dev/null")]
    for (link, target) in links {
      try FileManager.default.createSymbolicLink(atPath: folder.file(link), withDestinationPath: target)
    }
    try #require(mkfifo(folder.file("pipe.lua"), 0o600) == 0)
    #expect(try CheckPolicyFile.place(of: folder.file("link.lua")) == CheckPolicyFile.place(of: path))
    for name in ["nowhere.lua", "null.lua", "pipe.lua", "."] {
      #expect(throws: Problem.self) { try CheckPolicyFile.place(of: folder.file(name)) }
    }
  }
}
