import Foundation
import Policies
import PolicyLint
import PolicyTestKit
import Routing
import Testing

@testable import PolicyTesting

/// The example policies for teams: tested, without findings, and with a header that explains them.
struct ExamplePolicyTests {
  private static let folder = Repository.path("Examples/policies")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    .filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }.map { String($0.dropLast(4)) }

  @Test(arguments: names)
  func `an example has no findings and passes its cases`(name: String) throws {
    let entry = try PolicyCatalog(rules: ExamplePolicyTests.folder).entry(named: name)
    #expect(entry.path != nil)
    #expect(PolicyCheck(file: name, source: entry.source).findings.isEmpty)
    let cases = try PolicyCases(file: "\(name)_test", source: try #require(entry.cases))
    #expect(cases.policy == name)
    for result in try cases.run(policy: name, source: entry.source) {
      #expect(result.holds, "\(result.name): \(result.differences)")
    }
  }

  @Test(arguments: names)
  func `its header gives purpose, parameters, and behaviour when all devices are full`(name: String) throws {
    let entry = try PolicyCatalog(rules: ExamplePolicyTests.folder).entry(named: name)
    let lines = String(decoding: entry.source, as: UTF8.self).split(separator: "\n").map(String.init)
    let head = lines.prefix { $0.hasPrefix("--") }
    #expect(head.first?.hasPrefix("-- For ") == true)
    #expect(head.contains { $0.hasPrefix("-- When all ") || $0.hasPrefix("-- When home ") })
    let declared = try CompiledPolicy(file: name, source: entry.source).declared
    let words = head.joined(separator: " ")
    #expect(words.contains("-- Params: "))
    for parameter in declared { #expect(words.contains(parameter.name), "\(parameter.name)") }
  }

  @Test func `the index lists each of them, and counts their cases`() throws {
    let readme = try String(contentsOfFile: Repository.path("Examples/README.md"), encoding: .utf8)
    var count = 0
    for name in ExamplePolicyTests.names {
      #expect(readme.contains("[\(name)](policies/\(name).lua)"))
      let entry = try PolicyCatalog(rules: ExamplePolicyTests.folder).entry(named: name)
      count += try PolicyCases(file: name, source: try #require(entry.cases)).count
    }
    #expect(ExamplePolicyTests.names.count == 6)
    #expect(readme.contains("$ usher test Examples/policies\n\(count) passed, 0 failed\n"))
  }
}
