import Foundation
import Policies
import PolicyTestKit
import Routing
import Testing

@testable import PolicyTesting

/// The source with counters decides as the policy does, and the policy is unaffected.
struct CoverageSafetyTests {
  private static let sources: [(name: String, source: [UInt8])] = {
    let examples = ExamplePolicyTests.names.compactMap { name in
      try? (name, PolicyCatalog(rules: Repository.path("Examples/policies")).entry(named: name).source)
    }
    return ShippedPolicies.all + examples + PlantedBugs.all.map { ($0.testDescription, Array($0.source.utf8)) }
  }()

  @Test func `over generated requests every decision is counted, unchanged, and at the same cost`() throws {
    #expect(Self.sources.count == 5 + 6 + PlantedBugs.all.count)
    for (name, source) in Self.sources {
      let map = try CoverageMap(source)
      let policy = try CompiledPolicy(file: "p", source: source)
      var generator = RequestGenerator(
        seed: 11, literals: SourceLiterals(source), declared: policy.declared, ranges: policy.ranges)
      for number in 0..<25 {
        let request = generator.fresh().request
        let asked = try CompiledPolicy(file: "p", source: source, parameters: request.parameters)
        let answer = DecideAnswer(request, policies: [asked])
        let visit = map.visit(request, file: "p", parameters: request.parameters, answer: answer)
        if case .leftOut(let reason) = visit { Issue.record("\(name), request \(number): \(reason)") }
        // The policy itself, run again after the source with counters: instructions included.
        #expect(DecideAnswer(request, policies: [asked]).json == answer.json)
        let fresh = try CompiledPolicy(file: "p", source: source, parameters: request.parameters)
        #expect(DecideAnswer(request, policies: [fresh]).json == answer.json)
      }
    }
  }

  @Test func `the probes are available only to the source with counters`() throws {
    let policy = try CompiledPolicy(
      file: "p",
      source: Array(
        "return { select = function() return wait(tostring(pcall(function() return _reach end)), 1) end }".utf8))
    let request = try DecideRequest(json: ["contact": ["id": "c"]])
    #expect(DecideAnswer(request, policies: [policy]).decision.reason == "false")
    #expect(EngineCheck.startProblem() == nil)
  }
}
