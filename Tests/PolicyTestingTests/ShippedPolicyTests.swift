import Foundation
import Policies
import Routing
import Testing

@testable import PolicyTesting

struct ShippedPolicyTests {
  private static let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Rules").standardized.path

  @Test(arguments: ShippedPolicies.all.map(\.name))
  func `each shipped policy is the file in Rules and passes its cases`(name: String) throws {
    let entry = try PolicyCatalog(rules: ShippedPolicyTests.rules).entry(named: name)
    #expect(entry.source == ShippedPolicies.source(of: name))
    let cases = try PolicyCases(file: "\(name)_test", source: try #require(entry.cases))
    #expect(cases.policy == name)
    for result in try cases.run(policy: name, source: entry.source) {
      #expect(result.holds, "\(result.name): \(result.differences)")
    }
  }

  @Test func `the revision covers source and parameters`() throws {
    let source = try #require(ShippedPolicies.source(of: "fallback"))
    let plain = try CompiledPolicy(file: "fallback", source: source).revision.digest
    #expect(try CompiledPolicy(file: "fallback", source: source).revision.digest == plain)
    #expect(try CompiledPolicy(file: "fallback", source: source + [10]).revision.digest != plain)
    let longer = try CompiledPolicy(
      file: "fallback", source: source, parameters: [Parameter("max_wait", .integer(901))])
    #expect(longer.revision.digest != plain)
    #expect(plain.hasPrefix("sha256:") && plain.utf8.count == 71)
  }
}
