import Policies
import Routing
import RoutingTestKit
import Stores
import Testing

@testable import Operations

/// Every way by which a parameter gets a value refuses one outside its range.
struct ParameterRangeActionTests {
  private static let source = """
    return {
      params = { pause = 900, mode = 'gentle' },
      ranges = { pause = { 1, 3600 }, mode = { 'gentle', 'eager' } },
      select = function() return wait(params.mode, params.pause) end,
    }
    """
  private let engine: TestInstance
  private let catalog: PolicyCatalog
  private var store: any Store { engine.store }
  private var note: OperatorNote { OperatorNote(actor: "ann", reason: nil, at: engine.clock.now()) }

  init() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "ranged")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    engine = try TestInstance(scenario, files: ["ranged": Self.source])
    catalog = PolicyCatalog(rules: engine.folder.file("Rules"))
    try engine.decide()
  }

  private func argument(_ overrides: [String]) throws -> PolicyArgument {
    try PolicyArgument(["ranged"], catalog: catalog, option: "--policy", overrides: try ParameterOverrides(overrides))
  }

  private func message(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return usherError(error)?.message }
    return nil
  }

  // MARK: - --param

  @Test(arguments: [
    ("pause=0", "--param: pause: expected a number from 1 to 3600, found 0; set a value that fits"),
    ("pause=3600.5", "--param: pause: expected a number from 1 to 3600, found 3600.5; set a value that fits"),
    ("pause=soon", "--param: pause: expected a number from 1 to 3600, found 'soon'; set a value that fits"),
    ("pause=true", "--param: pause: expected a number from 1 to 3600, found true; set a value that fits"),
    ("mode=fast", "--param: mode: expected 'gentle' or 'eager', found 'fast'; set a value that fits"),
  ])
  func `activations, dry runs and simulations refuse it`(given: String, expected: String) throws {
    let activation = ActivatePolicy(.files(try argument([given])), scope: TenantScope(tenant: acme))
    #expect(message { _ = try activation.run(on: store, catalog: catalog, by: note) } == expected)
    let dry = ComparePolicies(try argument([given]), catalog: catalog, now: engine.clock.now())
    #expect(message { _ = try dry.run(on: store) } == expected)
    #expect(code { _ = try dry.run(on: store) } == .invalidInput)
    // Simulations and replays check in the same way.
    let tenants = try store.read { try $0.tenants() }
    #expect(message { try argument([given]).checkOverrides(for: tenants) } == expected)
  }

  @Test func `values inside the range are accepted, whole or not`() throws {
    for given in [["pause=1"], ["pause=3600"], ["pause=3600.0"], ["pause=2.5", "mode=eager"]] {
      let activation = ActivatePolicy(.files(try argument(given)), scope: TenantScope(tenant: acme))
      #expect(try activation.run(on: store, catalog: catalog, by: note).changes.count == 1)
    }
  }

  @Test(arguments: [
    ("quiet_hours", "from=25"), ("quiet_hours", "to=-1"), ("quiet_hours", "from=9:75"), ("quiet_hours", "from=abc"),
    ("quiet_hours", "days=samstag"), ("daily_limit", "limit=0"), ("daily_limit", "retry=0"), ("move_limit", "limit=-1"),
  ])
  func `guards refuse it when they are added or set`(guardName: String, given: String) throws {
    let overrides = try ParameterOverrides([given])
    let name = String(given.prefix { $0 != "=" })
    try store.changeGuards(actor: "ann", at: engine.clock.now(), reason: nil) { list in
      list = []
      return "removed all"
    }
    let add = message { try AddGuard(guardName, overrides).run(on: store, catalog: catalog, by: note) }
    #expect(add?.hasPrefix("--param: \(name): expected ") == true, "\(add ?? "accepted")")
    try AddGuard(guardName, .none).run(on: store, catalog: catalog, by: note)
    for tenant in [nil, acme] {
      let set = message {
        try SetGuard(guardName, overrides, tenant: tenant).run(on: store, catalog: catalog, by: note)
      }
      #expect(set == add)
    }
    #expect(try store.guards().map(\.parameters) == [[]])
  }

  @Test func `guards are listed with their ranges`() throws {
    let list = try GuardsQuery().run(on: store, catalog: catalog)
    #expect(list.ranges["daily_limit"]?["limit"] == .numbers(least: .integer(1), most: .integer(1_000_000)))
    let policies = try PolicyListQuery().run(on: store, catalog: catalog)
    #expect(policies.ranges.values.first?["mode"] == .choices(["gentle", "eager"]))
  }

  // MARK: - Imports

  private func importing(_ lines: [String], skips: Bool = false) throws -> ImportResult {
    let bytes = Array(lines.joined(separator: "\n").utf8)
    return try ImportFile(ByteSource(bytes), name: "-", skipsBadLines: skips, catalog: catalog).run(
      into: store, by: note)
  }

  @Test(arguments: [
    (
      #"{"type":"tenant","id":"acme","params":{"pause":0}}"#,
      "line 1, params.pause: expected a number from 1 to 3600 (policy 'ranged'), found 0; set a value that fits"
    ),
    (#"{"type":"tenant","id":"acme","params":{"mode":"fast"}}"#, "line 1, params.mode: expected 'gentle' or 'eager' "),
    (
      #"{"type":"tenant","id":"new","policy":["fallback","ranged"],"params":{"pause":0}}"#, "(policy 'ranged'), found 0"
    ),
    (#"{"type":"tenant","id":"new","params":{"max_wait":0}}"#, "params.max_wait: expected a number from 1 to 31622400"),
    (
      #"{"type":"guards","guards":[{"guard":"move_limit","params":{}},{"guard":"daily_limit","params":{"limit":0}}]}"#,
      "guards[1].params.limit: expected a number from 1 to 1000000 (guard 'daily_limit'), found 0"
    ),
    (
      #"{"type":"guard_params","tenant":"acme","guard":"quiet_hours","params":{"to":"8:61"}}"#,
      "params.to: expected a time"
    ),
  ])
  func `an import refuses it with the line`(line: String, expected: String) throws {
    let found = message { _ = try importing([line]) }
    #expect(found?.contains(expected) == true, "\(found ?? "accepted")")
    let good = #"{"type":"tenant","id":"acme","params":{"pause":60}}"#
    let result = try importing([line, good], skips: true)
    #expect(result.badLineCount == 1)
    #expect(try store.read { try $0.tenants() }.map(\.parameters) == [[Parameter("pause", .integer(60))]])
  }

  @Test func `an import keeps a value that is on record already`() throws {
    let line = #"{"type":"tenant","id":"acme","params":{"pause":0}}"#
    _ = try store.importFile(ByteSource(Array(line.utf8)), ImportOptions(now: engine.clock.now()))
    #expect(try importing([line]).rejection == nil)
    #expect(try importing([#"{"type":"tenant","id":"acme","name":"Acme Ltd"}"#]).rejection == nil)
    #expect(message { _ = try importing([#"{"type":"tenant","id":"acme","params":{"mode":"eager"}}"#]) } != nil)
    #expect(try importing([#"{"type":"tenant","id":"acme","params":{"pause":5}}"#]).rejection == nil)
  }

  @Test func `parameters of unknown policies and undeclared parameters are imported as before`() throws {
    let lines = [
      #"{"type":"tenant","id":"a","policy":"nobody","params":{"pause":0}}"#,
      #"{"type":"tenant","id":"b","policy":"ranged","params":{"other":0}}"#,
      #"{"type":"guard_params","tenant":"a","guard":"nobody","params":{"limit":0}}"#,
    ]
    #expect(try importing(lines).rejection == nil)
  }

  // MARK: - A value on record

  @Test func `if a file gets ranges later, the last good revision stays live and the refusal says why`() throws {
    let plain = "return { params = { pause = 900 }, select = function() return wait('plain', params.pause) end }"
    try engine.folder.write(plain, to: "Rules/ranged.lua")
    let line = #"{"type":"tenant","id":"acme","params":{"pause":0}}"#
    _ = try store.importFile(ByteSource(Array(line.utf8)), ImportOptions(now: engine.clock.now()))
    try engine.decide()
    #expect(try engine.generation().lineup.live.map(\.source) == [plain])
    try engine.folder.write(Self.source, to: "Rules/ranged.lua")
    try engine.decide()
    #expect(try engine.generation().lineup.live.map(\.source) == [plain])
    let status = try #require(try store.policyStatuses().first)
    #expect(status.refusal == "params.pause: expected a number from 1 to 3600, found 0; set a value that fits")
    #expect(status.refusalCode == .parameterOutOfRange)
    _ = try importing([#"{"type":"tenant","id":"acme","params":{"pause":7}}"#])
    try engine.decide()
    #expect(try engine.generation().lineup.live.map(\.source) == [Self.source])
  }

  // MARK: - Requests and cases

  @Test func `a request for decide and its overrides are refused`() throws {
    let request = { (params: String) in Array(#"{"contact":{"id":"c1"},"devices":[],"params":\#(params)}"#.utf8) }
    var plain = try DecideRequests(policies: ["fallback"], guards: ["daily_limit"])
    #expect(
      message { _ = try plain.decide(request(#"{"max_wait":-1}"#), of: "-", explains: false) }
        == "params.max_wait: expected a number from 1 to 31622400, found -1; set a value that fits")
    #expect(
      message { _ = try plain.decide(request(#"{"limit":0}"#), of: "-", explains: false) }?.contains("limit") == true)
    #expect(message { _ = try plain.decide(request(#"{"max_wait":1,"limit":1}"#), of: "-", explains: false) } == nil)
    let wrong = message {
      _ = try DecideRequests(policies: ["fallback"], guards: [], overrides: try ParameterOverrides(["max_wait=0"]))
    }
    #expect(wrong?.hasPrefix("--param: max_wait: expected a number from 1 to 31622400, found 0") == true)
    var set = try DecideRequests(policies: ["fallback"], guards: [], overrides: try ParameterOverrides(["max_wait=60"]))
    let answer = try set.decide(request(#"{"max_wait":600}"#), of: "-", explains: false).answer
    #expect(answer.decision.resolution == .wait(until: Instant(milliseconds: 60_000)))
  }
}
