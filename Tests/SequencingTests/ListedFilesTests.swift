import Foundation
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// The policy in use and the file of its name: the list is correct, whatever happens to the file.
struct ListedFilesTests {
  private static func policy(_ reason: String) -> String {
    "return { params = { n = 1 }, select = function(c, fleet) return wait('\(reason)', params.n) end }"
  }

  private func engine(_ files: [String: String], policy: String) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    return try TestInstance(scenario, files: files)
  }

  private func next(_ engine: TestInstance) throws -> String? {
    engine.clock.advance(seconds: 100)
    try engine.decide()
    return try engine.contact("welcome/L1").decisions.first?.reason
  }

  private func line(_ engine: TestInstance) throws -> PolicyStatus {
    let lines = try engine.store.policyStatuses()
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.revision == (try engine.generation().lineup.live.first?.digest), "what decides is what is listed")
    return line
  }

  /// Does what `usher policy activate --policy` does.
  private func activate(_ revision: PolicyRevision, _ engine: TestInstance) throws {
    let (tenant, current) = try engine.store.read { snapshot in
      let tenant = try snapshot.tenants()[0]
      return (tenant, try snapshot.generation(of: tenant.key)!)
    }
    var lineup = current.lineup
    lineup.live = [revision]
    let change = PolicyChange(
      at: engine.clock.now(), actor: "ann", action: .activate, origin: "new/\(revision.policy).lua")
    let draft = GenerationDraft(
      lineup: lineup, parameters: tenant.parameters, change: change,
      rolledBack: current.lineup.live.map(PolicyText.init(of:)), activated: [PolicyText(of: revision)])
    _ = try engine.store.apply([
      PolicyChangeRequest(tenant: tenant, last: current.number, draft: draft, list: [revision.policy], parameters: nil)
    ])
  }

  @Test func `a policy from outside the folder decides and is not refused, across restarts and rollbacks`() throws {
    var engine = try engine(["first": Self.policy("first")], policy: "first")
    _ = try next(engine)
    for version in ["one", "two", "one"] {
      let revision = try TestInstance.revision("city", Self.policy(version))
      try activate(revision, engine)
      for _ in 0..<2 {
        #expect(try next(engine) == version)
        let line = try line(engine)
        #expect(line.policy == "city" && line.refusal == nil && line.held == nil)
        engine = try TestInstance(continuing: engine)
      }
    }
    #expect(!engine.said.contains { if case .policyRefused = $0 { true } else { false } })
  }

  @Test func `its parameters can still be set, and a wrong one is refused`() throws {
    let engine = try engine(["first": Self.policy("first")], policy: "first")
    _ = try next(engine)
    try activate(try TestInstance.revision("city", Self.policy("one")), engine)
    _ = try next(engine)
    var change = StoreScenario()
    change.tenant("acme", policy: "city", parameters: [("n", .integer(7))])
    try engine.take(change)
    #expect(try next(engine) == "one")
    #expect(try engine.generation().lineup.live[0].parameters == [Parameter("n", .integer(7))])
    change = StoreScenario()
    change.tenant("acme", policy: "city", parameters: [("n", .string("long"))])
    try engine.take(change)
    _ = try next(engine)
    #expect(try line(engine).refusal?.contains("expected a number") == true)
  }

  @Test func `a file of its name that appears later is held, also after the guards changed, and accepted once edited`()
    throws
  {
    let engine = try engine(["first": Self.policy("first")], policy: "first")
    _ = try next(engine)
    try activate(try TestInstance.revision("city", Self.policy("one")), engine)
    _ = try next(engine)
    try engine.store.changeGuards(actor: "ann", at: engine.clock.now(), reason: nil) { list in
      list.removeLast()
      return "removed"
    }
    _ = try next(engine)
    try engine.folder.write(Self.policy("from the folder"), to: "Rules/city.lua")
    #expect(try next(engine) == "one")
    #expect(try line(engine).held?.contains("until it is edited") == true)
    #expect(try line(engine).refusal == nil)
    #expect(engine.said.count { if case .fileHeld = $0 { true } else { false } } == 1)
    let second = try TestInstance(continuing: engine)
    #expect(try next(second) == "one" && second.said.isEmpty)
    try engine.folder.write(Self.policy("edited"), to: "Rules/city.lua")
    #expect(try next(second) == "edited")
    #expect(try line(second).held == nil)
  }

  @Test func `a policy whose file in use is removed is refused, and one that was activated over the file is not`()
    throws
  {
    let engine = try engine(["mine": Self.policy("one")], policy: "mine")
    _ = try next(engine)
    try FileManager.default.removeItem(atPath: engine.folder.file("Rules/mine.lua"))
    #expect(try next(engine) == "one")
    #expect(try line(engine).refusal?.contains("policy 'mine' not found") == true)
    try activate(try TestInstance.revision("mine", Self.policy("two")), engine)
    #expect(try next(engine) == "two")
    #expect(try line(engine).refusal == nil)
    try activate(try TestInstance.revision("mine", Self.policy("one")), engine)
    #expect(try next(engine) == "one")
    #expect(try line(engine).refusal == nil, "an operator chose it, with or without a file")
  }

  @Test func `an activation over a file holds the file, and removing the file changes nothing`() throws {
    let engine = try engine(["mine": Self.policy("one")], policy: "mine")
    _ = try next(engine)
    try activate(try TestInstance.revision("mine", Self.policy("two")), engine)
    #expect(try next(engine) == "two")
    #expect(try line(engine).held != nil)
    try FileManager.default.removeItem(atPath: engine.folder.file("Rules/mine.lua"))
    #expect(try next(engine) == "two")
    let line = try line(engine)
    #expect(line.held == nil && line.refusal == nil)
  }

  @Test(arguments: ["the file", "the folder"])
  func `a shipped policy does not replace a missing file`(gone: String) throws {
    let engine = try engine(["fallback": Self.policy("ours")], policy: "fallback")
    #expect(try next(engine) == "ours")
    let path = engine.folder.file(gone == "the file" ? "Rules/fallback.lua" : "Rules")
    try FileManager.default.moveItem(atPath: path, toPath: engine.folder.file("away"))
    #expect(try next(engine) == "ours")
    let second = try TestInstance(continuing: engine)
    #expect(try next(second) == "ours")
    #expect(try line(engine).held?.contains("the shipped 'fallback'") == true)
    #expect((engine.said + second.said).count { if case .fileHeld = $0 { true } else { false } } == 1)
    // It replaces it on an operator's command.
    let shipped = String(decoding: ShippedPolicies.source(of: "fallback")!, as: UTF8.self)
    try activate(try TestInstance.revision("fallback", shipped), second)
    _ = try next(second)
    let line = try line(second)
    #expect(line.held == nil && line.refusal == nil)
    // Putting a file back is an edit.
    try FileManager.default.moveItem(atPath: engine.folder.file("away"), toPath: path)
    _ = try next(second)
    #expect(try second.generation().lineup.live[0].source == Self.policy("ours"))
    #expect(second.said.last?.text.message == "policy accepted")
  }

  @Test func `a file put into the folder overrides a shipped policy, and that is logged`() throws {
    let engine = try engine(["first": Self.policy("first")], policy: "fallback")
    _ = try next(engine)
    try engine.folder.write(Self.policy("ours"), to: "Rules/fallback.lua")
    let before = engine.said.count
    _ = try next(engine)
    #expect(try engine.generation().lineup.live[0].source == Self.policy("ours"))
    #expect(engine.said.dropFirst(before).map(\.text.message) == ["policy accepted"])
    #expect(try line(engine).held == nil)
  }

  @Test func `a pinned process logs once that an edited file, list and guard are held`() throws {
    let engine = try engine(
      ["mine": Self.policy("one"), "guards/night": "return { guard = function(c) return nil end }"], policy: "mine")
    try engine.store.changeGuards(actor: "ann", at: engine.clock.now(), reason: nil) { list in
      list.append(GuardListing(name: "night", parameters: [], own: []))
      return "added"
    }
    #expect(try next(engine) == "one")
    try engine.folder.write(Self.policy("edited"), to: "Rules/mine.lua")
    try engine.folder.write(
      "return { guard = function(c) if c.id == 'x' then return wait('x', 60) end return nil end }",
      to: "Rules/guards/night.lua")
    var held: [String] = []
    for _ in 0..<2 {
      let epoch = try engine.store.becomeLeader(processID: 9, at: engine.clock.now(), isPinned: true)
      let pinned = Cycle(
        store: engine.store,
        registry: PolicyRegistry(
          catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance(), isPinned: true),
        epoch: epoch,
        stopwatch: { 0 })
      for _ in 0..<2 {
        engine.clock.advance(seconds: 100)
        _ = try pinned.run(
          at: engine.clock.now(),
          report: {
            if case .fileHeld(_, let policy, _) = $0 { held.append(policy) } else { Issue.record("said \($0)") }
          })
      }
    }
    #expect(held == ["guards/night", "mine"])
    #expect(try line(engine).held?.contains("policy activate --policy mine") == true)
    #expect(try engine.store.guardTroubles().map(\.text).contains { $0.hasPrefix("held: ") })
    var change = StoreScenario()
    change.tenant("acme", policy: "strict")
    try engine.take(change)
    let lines = try engine.store.policyStatuses()
    #expect(lines.map(\.policy) == ["mine", "strict"] && lines[0].revision != nil && lines[1].revision == nil)
    let unpinned = try TestInstance(continuing: engine)
    _ = try next(unpinned)
    #expect(try line(unpinned).policy == "strict" && (try line(unpinned)).held == nil)
    #expect(try unpinned.store.guardTroubles().isEmpty)
  }
}
