import Foundation
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Stores
import Testing

/// Each policy change is logged once, by the process that puts it into effect.
struct ChangeEventTests {
  private static func policy(_ reason: String) -> String {
    "return { params = { n = 1 }, select = function(c, fleet) return wait('\(reason)', params.n) end }"
  }

  private func engine(_ files: [String: String] = ["mine": policy("one")], policy: String = "mine") throws
    -> TestInstance
  {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    return try TestInstance(scenario, files: files)
  }

  /// A change decides the waits of its tenant again.
  private static let wake = "waiting contacts are decided again after a change"

  /// All events of the next cycle.
  private func all(_ engine: TestInstance) throws -> [Cycle.Event.Text] {
    let before = engine.said.count
    engine.clock.advance(seconds: 100)
    try engine.decide()
    return engine.said.dropFirst(before).map(\.text)
  }

  /// The events of the next cycle without the wakes, of which each tenant has at most one.
  private func next(_ engine: TestInstance) throws -> [Cycle.Event.Text] {
    let said = try all(engine)
    let wakes = said.filter { $0.message == Self.wake }
    #expect(Set(wakes.map { $0["tenant"] }).count == wakes.count, "\(wakes.map { $0["tenant"] })")
    #expect(wakes.allSatisfy { $0["state"] == "complete" && $0["decided"] == $0["of"] })
    return said.filter { $0.message != Self.wake }
  }

  /// Expects no further events, neither from this process nor from the next one, which is returned; the old process is no
  /// longer leader.
  @discardableResult
  private func expectQuiet(_ engine: TestInstance, sourceLocation: SourceLocation = #_sourceLocation) throws
    -> TestInstance
  {
    #expect(try all(engine).isEmpty, sourceLocation: sourceLocation)
    let successor = try TestInstance(continuing: engine)
    #expect(try all(successor).isEmpty, "a restart", sourceLocation: sourceLocation)
    return successor
  }

  private func reason(_ engine: TestInstance) throws -> String? {
    try engine.contact("welcome/L1").decisions.first?.reason
  }

  @Test func `the first policies of a tenant are logged once, with revision and file`() throws {
    let engine = try engine()
    let said = try next(engine)
    #expect(said.map(\.message) == ["first policies active"])
    #expect(said[0]["policy"] == "mine" && said[0]["by"] == "usher")
    #expect(said[0]["revision"] == (try engine.generation().lineup.live[0].digest))
    #expect(said[0]["from"] == engine.folder.file("Rules/mine.lua"))
    try expectQuiet(engine)
  }

  @Test func `a file edited while no process ran is logged by the next one`() throws {
    let engine = try engine()
    _ = try next(engine)
    try engine.folder.write(Self.policy("two"), to: "Rules/mine.lua")
    let second = try TestInstance(continuing: engine)
    let said = try all(second)
    #expect(said.map(\.message) == ["policy accepted", Self.wake])
    #expect(said[1]["decided"] == "1" && said[1]["of"] == "1" && said[1]["generation"] == "2")
    #expect(said[0]["revision"] == (try engine.generation().lineup.live[0].digest))
    #expect(try reason(second) == "two")
    try expectQuiet(second)
  }

  @Test(arguments: [false, true])
  func `each step of a canary or shadow is logged once, with who and why, by a running process or the next`(
    restart: Bool
  ) throws {
    var engine = try engine()
    _ = try next(engine)
    let good = try engine.generation().lineup.live[0]
    let other = try TestInstance.revision("mine", Self.policy("two"))
    func said(_ message: String, _ change: () throws -> Void) throws -> Cycle.Event.Text? {
      try change()
      if restart { engine = try TestInstance(continuing: engine) }
      // The file of a policy that is no longer live is held, which is an event of its own.
      let said = try next(engine).filter { $0.message != "policy file held" }
      #expect(said.map(\.message) == [message])
      #expect(said.first?["by"] == "ann" && said.first?["reason"] == "because")
      #expect(try all(engine).isEmpty)
      return said.first
    }
    let began = try said("canary started") {
      try engine.change(.canary, reason: "because") { $0.canary = try Self.trial(other, percent: 10, of: engine) }
    }
    #expect(began?["canary_share"] == "10%" && began?["canary_revision"] == other.digest)
    let wider = try said("canary share changed") {
      try engine.change(.promote, reason: "because") {
        $0.canary?.share = ContactShare(partsPerMillion: 500_000, salt: 2)
      }
    }
    #expect(wider?["canary_share"] == "50%")
    let ended = try said("canary rolled back") {
      try engine.change(.rollback, reason: "because", rolledBack: [other]) { $0.canary = nil }
    }
    #expect(ended?["canary_ended"] == other.digest && ended?["revision"] == good.digest)
    let shadow = try said("shadow started") {
      try engine.change(.shadow, reason: "because") { $0.shadow = try Self.trial(other, percent: 100, of: engine) }
    }
    #expect(shadow?["shadow_share"] == "100%" && shadow?["shadow_revision"] == other.digest)
    let stopped = try said("shadow stopped") { try engine.change(.stop, reason: "because") { $0.shadow = nil } }
    #expect(stopped?["shadow_ended"] == other.digest)
    let activated = try said("policies activated") {
      try engine.change(.activate, reason: "because", rolledBack: [good]) { $0.live = [other] }
    }
    #expect(activated?["revision"] == other.digest)
    _ = try said("policies rolled back") {
      try engine.change(.rollback, reason: "because", rolledBack: [other]) { $0.live = [good] }
    }
    #expect(try reason(engine) == "one")
  }

  private static func trial(
    _ revision: PolicyRevision, percent: Int, of engine: TestInstance, tenant: String = "acme"
  ) throws -> PolicyTrial {
    PolicyTrial(
      share: try engine.newShare(percent: percent, of: tenant), revisions: [revision], parameters: [],
      rollbackLimits: .standard)
  }

  @Test func `two changes between two cycles are both logged, in order, and an activation logs the end of a canary`()
    throws
  {
    let engine = try engine()
    _ = try next(engine)
    let (two, three) = (
      try TestInstance.revision("mine", Self.policy("two")), try TestInstance.revision("mine", Self.policy("3"))
    )
    try engine.change(.canary) { $0.canary = try Self.trial(two, percent: 10, of: engine) }
    try engine.change(.activate, by: "bob") { ($0.live, $0.canary) = ([three], nil) }
    let said = try next(engine)
    #expect(said.map(\.message).prefix(2) == ["canary started", "policies activated"])
    #expect(said[1]["by"] == "bob" && said[1]["canary_ended"] == two.digest && said[1]["revision"] == three.digest)
  }

  @Test func `an automatic rollback is logged once, also by the next process if this one ended`()
    throws
  {
    let failing = "return { select = function(c) error('always') end }"
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1")
    scenario.sequence()
    for lead in 0..<100 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario, files: ["mine": Self.policy("one")])
    _ = try next(engine)
    let bad = try TestInstance.revision("mine", failing)
    try engine.canary(bad, percent: 60)
    let said = try next(engine).map(\.message)
    #expect(
      said.filter { $0.hasPrefix("canary") } == [
        "canary started", "canary rolled back; the live policies decide for everyone",
      ])
    #expect(try next(try TestInstance(continuing: engine)).map(\.message).filter { $0.hasPrefix("canary") }.isEmpty)
    // A process that ended between the rollback and its log line: the evidence is recorded.
    let evidence = try #require(try engine.generation().change.evidence)
    try engine.change(.canary) { $0.canary = try Self.trial(bad, percent: 60, of: engine) }
    let current = try engine.generation()
    var lineup = current.lineup
    lineup.canary = nil
    let change = PolicyChange(
      at: engine.clock.now(), actor: PolicyChange.program, action: .rollback, reason: evidence.sentence,
      evidence: evidence)
    let tenant = try engine.store.read { try $0.tenants()[0] }
    let draft = GenerationDraft(lineup: lineup, parameters: [], change: change)
    _ = try engine.store.apply([PolicyChangeRequest(tenant: tenant, last: current.number, draft: draft)])
    let late = try next(try TestInstance(continuing: engine)).filter { $0.message.hasPrefix("canary rolled back; ") }
    #expect(late.count == 1 && late[0].level == .error && late[0]["because"] == evidence.sentence)
  }

  @Test func `a refusal is logged once across restarts, and so is its end`() throws {
    let engine = try engine()
    _ = try next(engine)
    try engine.folder.write("return {", to: "Rules/mine.lua")
    let second = try TestInstance(continuing: engine)
    let refused = try next(second)
    #expect(refused.map(\.message) == ["policy refused; the last good revision goes on"])
    try expectQuiet(second)
    try engine.folder.write(Self.policy("one"), to: "Rules/mine.lua")
    let third = try TestInstance(continuing: engine)
    #expect(try next(third).map(\.message) == ["policy no longer refused"])
    #expect(try third.store.policyStatuses()[0].refusal == nil)
    try expectQuiet(third)
  }

  @Test func `a first file that cannot be used is not logged as live, and has no revision in the list`() throws {
    let engine = try engine(["mine": "return {"])
    let said = try next(engine).map(\.message)
    #expect(said == ["policy unusable", "policy refused; the tenant's contacts wait until the file is fixed"])
    let line = try #require(try engine.store.policyStatuses().first)
    #expect(line.revision == nil && line.since == nil && line.refusal != nil)
    try engine.folder.write(Self.policy("good"), to: "Rules/mine.lua")
    #expect(try next(engine).map(\.message) == ["policy accepted", "policy no longer refused"])
  }

  @Test func `the tenant's list and parameters, changed by an import, are logged`() throws {
    let engine = try engine(["mine": Self.policy("one"), "yours": Self.policy("two")])
    _ = try next(engine)
    var change = StoreScenario()
    change.tenant("acme", policy: "mine", parameters: [("n", .integer(7))])
    try engine.take(change)
    let parameters = try next(engine)
    #expect(parameters.map(\.message) == ["policy accepted"])
    #expect(parameters.first?["revision"] == (try engine.generation().lineup.live[0].digest))
    change = StoreScenario()
    change.tenant("acme", policy: "yours")
    try engine.take(change)
    // Until the next cycle the list shows the live policies and the upcoming ones.
    let lines = try engine.store.policyStatuses()
    #expect(lines.map(\.policy) == ["mine", "yours"] && lines.map(\.isListed) == [false, true])
    #expect(lines[0].revision != nil && lines[1].revision == nil)
    let list = try next(engine)
    #expect(list.map(\.message) == ["policy accepted"] && list[0]["policy"] == "yours")
    #expect(try engine.store.policyStatuses().map(\.policy) == ["yours"])
    change = StoreScenario()
    change.tenant("globex", policy: "mine")
    try engine.take(change)
    #expect(try next(engine).map { $0["tenant"] } == ["globex"], "a tenant that is new")
    try expectQuiet(engine)
  }

  @Test
  func `the importer of a tenant's policies or a guard's parameters is named, and a file change is the program's`()
    throws
  {
    let engine = try engine(["mine": Self.policy("one"), "yours": Self.policy("two")])
    _ = try next(engine)
    func take(_ change: StoreScenario, by actor: Actor, reason: String?) throws {
      let origin = ImportOrigin(actor: actor, reason: reason, file: "f.jsonl") {
        "sha256:" + String(repeating: "a", count: 64)
      }
      _ = try engine.store.importFile(.init(change.jsonLines), .init(now: engine.clock.now(), origin: origin))
    }
    var change = StoreScenario()
    change.tenant("acme", policy: "yours")
    change.tenant("globex", policy: "mine")
    try take(change, by: "ann", reason: "new offer")
    let said = try next(engine)
    #expect(said.map { $0["tenant"] } == ["acme", "globex"])
    #expect(said[0]["by"] == "ann" && said[0]["reason"] == "new offer")
    #expect(said[1]["by"] == "usher", "a new tenant's file")
    try engine.folder.write(Self.policy("three"), to: "Rules/yours.lua")
    #expect(try next(engine).map { $0["by"] } == ["usher"])
    change = StoreScenario()
    change.tenant("acme", policy: "yours", parameters: [("n", .integer(7))])
    try take(change, by: "bea", reason: nil)
    let parameters = try next(engine)
    #expect(parameters.map { $0["by"] } == ["bea"] && parameters[0]["reason"] == nil)
  }

  /// The transactions that a store's log holds: a frame that ends one has the database's size in its header.
  /// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
  private func commits(_ engine: TestInstance) throws -> Int {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: engine.store.path + "-wal")))
    let pageSize = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
    return stride(from: 32, to: bytes.count, by: 24 + pageSize).count {
      bytes[($0 + 4)..<($0 + 8)].contains { $0 != 0 }
    }
  }

  @Test func `files held or refused for many tenants are recorded in one transaction`() throws {
    var scenario = StoreScenario()
    for number in 0..<60 { scenario.tenant("t\(number)", policy: "fallback") }
    let engine = try TestInstance(scenario, files: ["fallback": Self.policy("mine")])
    _ = try next(engine)
    let start = try commits(engine)
    _ = try next(engine)
    let idle = try commits(engine) - start
    try FileManager.default.removeItem(atPath: engine.folder.file("Rules/fallback.lua"))
    let beforeHeld = try commits(engine)
    #expect(try next(engine).map(\.message) == ["policy file held"])
    #expect(try commits(engine) - beforeHeld <= idle + 2)
    try engine.folder.write("return {", to: "Rules/fallback.lua")
    let beforeRefused = try commits(engine)
    #expect(try next(engine).map(\.message) == ["policy refused; the last good revision goes on"])
    #expect(try commits(engine) - beforeRefused <= idle + 2)
    #expect(try engine.store.policyStatuses().allSatisfy { $0.refusal != nil && $0.held == nil })
    try expectQuiet(engine)
  }

  @Test func `guards that are added, set, edited, refused and removed are logged`() throws {
    var engine = try engine()
    _ = try next(engine)
    func change(_ edit: @escaping (inout [GuardListing]) -> Void) throws -> [Cycle.Event.Text] {
      try engine.store.changeGuards(actor: "ann", at: engine.clock.now(), reason: "asked") { list in
        edit(&list)
        return "changed"
      }
      return try next(engine)
    }
    let night = { (test: String) in
      "return { guard = function(c) if \(test) then return wait('night', 60) end return nil end }"
    }
    try engine.folder.write(night("false"), to: "Rules/guards/night.lua")
    let added = try change { $0.append(GuardListing(name: "night", parameters: [], own: [])) }
    #expect(added.map(\.message) == ["guards changed"] && added[0]["guard"] == "night")
    #expect(added[0]["by"] == "ann" && added[0]["reason"] == "asked", "whoever changed the list")
    let set = try change { $0[0].parameters = [Parameter("limit", .integer(2))] }
    #expect(set.map(\.message) == ["guards changed"] && set[0]["guard"] == "daily_limit" && set[0]["by"] == "ann")
    try engine.folder.write(night("c.id == 'x'"), to: "Rules/guards/night.lua")
    let edited = try next(engine)
    #expect(edited.map(\.message) == ["guards changed"] && edited[0]["guard"] == "night")
    #expect(edited[0]["by"] == "usher" && edited[0]["reason"] == nil, "the program takes a file")
    try engine.folder.write("return {", to: "Rules/guards/night.lua")
    #expect(try next(engine).map(\.message) == ["policy refused; the last good revision goes on"])
    engine = try expectQuiet(engine)
    let removed = try change { $0.removeLast() }
    #expect(removed.map(\.message) == ["guards changed", "policy no longer refused"])
    #expect(removed[0]["guard_removed"] == "night" && removed[0]["by"] == "ann")
    let since = engine.clock.now().advanced(bySeconds: -86_400)
    let audit = try engine.store.audit(AuditFilter(since: since, actor: "ann", limit: 100)).lines
    #expect(audit.map(\.action) == ["guards", "guards", "guards"], "told once, by the person's own line")
    #expect(try engine.store.guardTroubles().isEmpty)
    try expectQuiet(engine)
  }

  @Test func `events of many tenants become one line for each kind, with their common fields`() throws {
    var scenario = StoreScenario()
    for number in 0..<200 { scenario.tenant("t\(number)", policy: "mine") }
    let engine = try TestInstance(scenario, files: ["mine": Self.policy("one")])
    let first = try next(engine)
    #expect(first.map(\.message) == ["first policies active"])
    #expect(first[0]["tenant"] == "t0, t1, t2 and 197 others" && first[0]["events"] == "200")
    #expect(first[0]["policy"] == "mine" && first[0]["revision"]?.hasPrefix("sha256:") == true)
    #expect(engine.said[0].sentence.hasPrefix("t0 and 199 others: first policies active"))
    try engine.folder.write("return {", to: "Rules/mine.lua")
    #expect(try next(engine).map(\.message) == ["policy refused; the last good revision goes on"])
    try engine.folder.write(Self.policy("two"), to: "Rules/mine.lua")
    #expect(try next(engine).map(\.message) == ["policy accepted", "policy no longer refused"])
    // The event of a single tenant is not lost among them.
    try engine.folder.write(Self.policy("three"), to: "Rules/mine.lua")
    let other = try TestInstance.revision("mine", Self.policy("by hand"))
    try engine.change(.canary, of: "t7", reason: "a trial") {
      $0.canary = try Self.trial(other, percent: 10, of: engine, tenant: "t7")
    }
    let said = try next(engine)
    #expect(said.map(\.message) == ["canary started", "policy accepted"] && said[0]["tenant"] == "t7")
    try expectQuiet(engine)
  }

  @Test func `imported history is not logged line by line`() throws {
    let engine = try engine()
    _ = try next(engine)
    for version in 0..<30 {
      let revision = try TestInstance.revision("mine", Self.policy("version \(version)"))
      try engine.change(.activate) { $0.live = [revision] }
    }
    #expect(try next(engine).count <= 6)
    try expectQuiet(engine)
  }

  @Test func `a cycle in which nothing changed reads no change and writes nothing`() throws {
    let engine = try engine()
    _ = try next(engine)
    _ = try next(engine)
    let store = try Stores.open(engine.store.path, mode: .readWrite)
    let epoch = try store.becomeLeader(processID: 9, at: engine.clock.now())
    let last = try store.read { try $0.lastLoggedChange() }
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance()),
      epoch: epoch,
      stopwatch: { 0 })
    _ = try cycle.run(at: engine.clock.now(), report: { Issue.record("said \($0)") })
    #expect(try store.read { try $0.lastLoggedChange() } == last && last > 0)
    #expect(try store.read { try $0.lineupChanges(after: last) }.isEmpty)
  }
}

extension Cycle.Event.Text {
  /// The value of a field.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}
