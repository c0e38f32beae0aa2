import Policies
import Routing
import Wire

@testable import PolicyTesting

/// Coverage of a policy over requests.
enum CoverageScene {
  static func tally(_ source: String, _ requests: [JSONValue] = [["contact": ["id": "c1"]]]) throws -> CoverageTally {
    let map = try CoverageMap(Array(source.utf8))
    var tally = CoverageTally(map)
    for (place, json) in requests.enumerated() {
      let request = try DecideRequest(json: json)
      let answer = DecideAnswer(
        request, policies: [try CompiledPolicy(file: "p", source: Array(source.utf8), parameters: request.parameters)])
      tally.add(map.visit(request, file: "p", parameters: request.parameters, answer: answer), of: "case \(place)")
    }
    return tally
  }

  static func report(_ source: String, _ requests: [JSONValue] = [["contact": ["id": "c1"]]]) throws -> CoverageReport {
    CoverageReport(try tally(source, requests))
  }

  /// The body of `select` from line 2 on.
  static func policy(_ body: String) -> String {
    "return { select = function(contact, fleet)\n\(body)\nreturn wait('end', 60) end }"
  }

  /// `3 condition 2/0`: line, kind, and the count of each arm; `-` for an impossible arm.
  static func branches(_ report: CoverageReport) -> [String] {
    report.branches.map { branch in
      let counts = branch.counts.map { $0.map { "\($0)" } ?? "-" }
      return "\(branch.line) \(branch.kind.rawValue) \(counts.joined(separator: "/"))"
    }
  }

  /// Contacts with these steps.
  static func steps(_ steps: Int...) -> [JSONValue] {
    steps.map { ["contact": ["id": "c1", "step": .integer(Int64($0))]] }
  }
}
