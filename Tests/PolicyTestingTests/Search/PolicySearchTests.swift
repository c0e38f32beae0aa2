import Foundation
import Policies
import PolicyTestKit
import Routing
import Testing
import Wire

@testable import PolicyTesting

struct PolicySearchTests {
  static func search(
    _ source: String, cases: String? = nil, seed: UInt64 = 1, requests: Int = 2000,
    _ change: (inout PolicySearch.Options) -> Void = { _ in }
  ) throws -> PolicySearch.Report {
    var options = PolicySearch.Options()
    (options.seed, options.requestMax) = (seed, requests)
    change(&options)
    let entry = PolicyCatalog.Entry(name: "p", path: nil, source: Array(source.utf8), cases: nil)
    let bytes = cases.map { Array($0.utf8) }
    return try PolicySearch(
      entry, cases: try bytes.map { try PolicyCases(file: "p_test.lua", source: $0) }, casesSource: bytes,
      options: options
    ).run()
  }

  private static func rules(_ name: String) throws -> PolicyCatalog.Entry {
    try PolicyCatalog(rules: Repository.path("Rules")).entry(named: name)
  }

  @Test(arguments: ShippedPolicies.all.map(\.name), [7] as [UInt64])
  func `a shipped policy has the general properties`(name: String, seed: UInt64) throws {
    let entry = try Self.rules(name)
    var options = PolicySearch.Options()
    (options.seed, options.requestMax) = (seed, 600)
    let cases = try PolicyCases(file: name, source: try #require(entry.cases))
    #expect(!cases.properties.isEmpty)
    let report = try PolicySearch(entry, cases: cases, casesSource: entry.cases, options: options).run()
    #expect(report.found.isEmpty, "seed \(seed): \(report.found.map { "\($0.property.name): \($0.message)" })")
    #expect(report.requests == 600 && report.decisions > 1500)
    let queues = try CompiledPolicy(file: name, source: entry.source).declares(.queuesOffline)
    #expect(queues == ["assigned", "least_loaded"].contains(name))
    #expect(report.properties.contains(.canAccept) != queues)
  }

  @Test func `a policy that declares queues_offline may queue on offline devices`() throws {
    let source =
      "return { queues_offline = true, select = function(c, fleet) if c.device then return use(c.device, 'x') end return wait('y', 60) end }"
    #expect(try PolicySearchTests.search(source, requests: 300).found.isEmpty)
    let silent = try PolicySearchTests.search(source.replacing("queues_offline = true,", with: ""), requests: 300)
    #expect(silent.found.map(\.property) == [.canAccept])
    let wrong = #expect(throws: Fault.self) {
      try PolicySearchTests.search(source.replacing("= true", with: "= 'yes'"))
    }
    #expect(
      wrong?.message == "queues_offline: expected true or false, found a string"
        || wrong?.message == "queues_offline: expected true or false, found text", "\(wrong?.message ?? "")")
  }

  @Test func `a declared property is checked for each decision, and its second value explains a violation`() throws {
    let policy =
      "return { select = function(c, fleet) local d = fleet:least_loaded() if d then return use(d, 'x') end return wait('y', 60) end }"
    let cases = """
      return {
        policy = 'p',
        cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } },
        properties = {
          ['VIPs keep their device'] = function(request, decision)
            local own = request.contact.device
            if not own or not own.can_accept_more then return true end
            for _, tag in ipairs(request.contact.tags) do
              if tag == 'vip' then return decision.device == own.id, own.id .. ' could, and ' .. decision.chosen.id .. ' did' end
            end
            return true
          end,
          ['a fine one'] = function(request, decision) return decision.outcome ~= 'skip' and request.now > 0 end,
        },
      }
      """
    let report = try PolicySearchTests.search(policy, cases: cases, requests: 700)
    let found = try #require(report.found.first)
    #expect(report.found.count == 1 && found.property == .own("VIPs keep their device"))
    #expect(found.message.hasSuffix(" did") && found.request.fleet.count == 2, "\(found.message)")
    #expect(found.request.contact.tags == ["vip"] && found.request.contact.name == nil)
    let skipped = try PolicySearchTests.search(policy, cases: cases, requests: 200) {
      $0.skipped = [.own("VIPs keep their device")]
    }
    #expect(skipped.found.isEmpty && skipped.properties.last == .own("a fine one"))
  }

  @Test(arguments: [
    ("function(r, d) return r.devise.id end", "its property 'own' fails: p_test.lua:1: attempt to index a nil value"),
    ("function(r, d) return 1 end", "its property 'own': expected true or false, found number"),
    ("function(r, d) while true do end end", "its properties cannot be run: the instruction budget"),
  ])
  func `a property that itself fails is an error of the file`(property: String, expected: String) throws {
    let cases =
      "return { policy = 'p', cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } }, properties = { own = \(property) } }"
    let failure = #expect(throws: PolicyCases.Failure.self) {
      try PolicySearchTests.search(
        "return { select = function() return wait('x', 60) end }", cases: cases, requests: 40)
    }
    #expect(failure?.message.hasPrefix(expected) == true, "\(failure?.message ?? "")")
  }

  @Test func `properties are functions by name, and a case file with properties is still read`() throws {
    let wrong = #expect(throws: PolicyCases.Failure.self) {
      try PolicyCases(
        file: "p_test.lua",
        source: Array(
          "return { policy = 'p', cases = { { contact = { id = 'c' }, expect = { outcome = 'use' } } }, properties = { own = 1 } }"
            .utf8))
    }
    #expect(
      wrong?.message.contains("expected functions by their names, found number") == true, "\(wrong?.message ?? "")")
  }

  @Test func `real requests are tried first, and others are derived from them`() throws {
    let base = try DecideRequest(
      json: ["contact": ["id": "welcome/L7", "tags": ["platinum"]], "devices": [["id": "KL-1"], ["id": "KL-2"]]])
    let source = """
      return { select = function(c, fleet)
        if contains(c.tags, 'plat' .. 'inum') and c.attempts == 4 then return error('x') end
        return wait('y', 60)
      end }
      """
    #expect(try PolicySearchTests.search(source, requests: 1500).found.isEmpty)
    let report = try PolicySearchTests.search(source, requests: 1500) { $0.bases = [base] }
    #expect(report.found.first?.request.contact.attempts == 4)
    #expect(report.found.first?.request.contact.tags == ["platinum"])
  }

  @Test func `a written request is read back unchanged`() throws {
    var generator = RequestGenerator(
      seed: 5, literals: SourceLiterals(Array("return { x = 'a\\u{7}b', y = 12 }".utf8)), declared: [])
    for _ in 0..<100 {
      let request = generator.fresh().request
      let read = try DecideRequest(
        json: try JSONParser.parse(Array(JSONWriter().string(JSONValue.object(request.json)).utf8)))
      #expect(read.json == request.json)
      #expect(read.contact == request.contact && read.fleet.count == request.fleet.count)
      let lua = "return " + LuaText.literal(.object(request.json))
      let cases = try PolicyCases(
        file: "p",
        source: Array(
          "local request = (function() \(lua) end)() request.expect = { outcome = 'use' } return { policy = 'p', cases = { request } }"
            .utf8))
      // A Lua table has no order: attributes are returned sorted.
      let sorted = { (attributes: [Parameter]) in
        attributes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      }
      #expect(cases.requests[0].contact.attributes == sorted(request.contact.attributes))
      var expected = SearchRequest(request)
      for place in expected.members.indices {
        expected.members[place].device.attributes = sorted(expected.members[place].device.attributes)
      }
      #expect(cases.requests[0].json["devices"] == expected.request.json["devices"])
      #expect(cases.requests[0].seed == request.seed)
    }
  }
}

extension Slow {
  /// Every kind of bug.
  struct PlantedBugTests {
    @Test(arguments: PlantedBugs.all) func `a planted bug is found and shrunk`(bug: PlantedBugs.Bug) throws {
      let report = try PolicySearchTests.search(bug.source, requests: 3000) { options in
        options.endsAtFirst = true
        options.skipped = Set(PolicyProperty.general.filter { $0.name != bug.property })
      }
      let found = report.found.first { $0.property.name == bug.property }
      guard let found else {
        Issue.record("\(bug.testDescription): found \(report.found.map { "\($0.property.name): \($0.message)" })")
        return
      }
      // The request found is accepted by `usher decide` and shows the same there.
      let json = found.request.json
      let again = try DecideRequest(json: try JSONParser.parse(Array(JSONWriter().string(JSONValue.object(json)).utf8)))
      let policy = try CompiledPolicy(
        file: "p", source: Array(bug.source.utf8), parameters: again.parameters)
      #expect(DecideAnswer(again, policies: [policy]).json == found.answer.json)
      #expect(found.request.fleet.count <= (bug.property == "half-budget" ? 60 : 2), "\(json)")
      #expect(JSONWriter().string(.object(json)).utf8.count < (bug.property == "half-budget" ? 2000 : 400), "\(json)")
    }

    @Test func `the same seed finds the same, byte for byte, and another seed may find another`() throws {
      let source = PlantedBugs.all[4].source
      let texts = try [1, 1, 9].map { seed in
        try PolicySearchTests.search(source, seed: seed).found.map {
          "\($0.property.name) \($0.number) \($0.steps) \($0.message) " + JSONWriter().string(.object($0.request.json))
        }
      }
      #expect(texts[0] == texts[1] && !texts[0].isEmpty)
      #expect(texts[2] != texts[0])
    }
  }
}
