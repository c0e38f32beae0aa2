import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Operations

/// Requests given as JSON.
struct DecideRequestsTests {
  private let request = #"{"contact":{"id":"c1"},"devices":[{"id":"D1"}]}"#
  private let folder = TestFolder()

  @Test func `the same request gets the same answer, with or without lines`() throws {
    var requests = try DecideRequests(policies: ["fallback"], guards: [])
    let alone = try requests.decide(Array(request.utf8), of: "-", explains: false)
    #expect(alone.faultText == nil && alone.undeclared.isEmpty)
    var lines: [(Int, String)] = []
    try requests.decideLines(Array("\(request)\n\n \r\n\(request)\n".utf8), of: "-", explains: false) {
      lines.append(($0, JSONWriter().string($1.answer.json)))
    }
    #expect(lines.map(\.0) == [1, 4])
    #expect(lines.allSatisfy { $0.1 == JSONWriter().string(alone.answer.json) })
  }

  @Test func `a parameter that no policy declares is reported once`() throws {
    var requests = try DecideRequests(policies: ["fallback"], guards: [])
    let bytes = Array(#"{"contact":{"id":"c1"},"devices":[],"params":{"max_wat":3}}"#.utf8)
    #expect(try requests.decide(bytes, of: "-", explains: false).undeclared == ["max_wat"])
    #expect(try requests.decide(bytes, of: "-", explains: false).undeclared.isEmpty)
  }

  @Test func `an error names the input and the line`() throws {
    var requests = try DecideRequests(policies: ["fallback"], guards: [])
    let noJSON = #expect(throws: Problem.self) {
      try requests.decideLines(Array("\(request)\n{\n".utf8), of: "in.jsonl", explains: false) { _, _ in }
    }
    #expect(noJSON?.message.hasPrefix("in.jsonl: line 2, column ") == true, "\(noJSON?.message ?? "")")
    let noRequest = #expect(throws: Problem.self) {
      try requests.decideLines(Array("\(request)\n{}\n".utf8), of: "in.jsonl", explains: false) { _, _ in }
    }
    #expect(noRequest?.message.hasPrefix("in.jsonl: line 2: ") == true, "\(noRequest?.message ?? "")")
  }

  @Test func `a fault is shown with the policy's line`() throws {
    let path = try folder.write(
      "return { select = function(contact, fleet)\n  return nothing.there\nend }\n", to: "p.lua")
    var requests = try DecideRequests(policies: [path], guards: [])
    let decided = try requests.decide(Array(request.utf8), of: "-", explains: true)
    #expect(decided.answer.decision.fault != nil)
    #expect(decided.faultText?.contains("p.lua:2") == true, "\(decided.faultText ?? "")")
  }
}
