import DryRun
import GRDB
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing
import Wire

@testable import StoreSQL
@testable import StoreSQLite

/// Guards in a whole instance: what they hold back, what is recorded, and that it replays.
struct GuardCycleTests {
  private func scenario(policy: String = "fallback", sequences: Int = 1, leads: Int = 1) -> StoreScenario {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    for device in 1...3 { scenario.device("D\(device)") }
    for sequence in 1...sequences { scenario.sequence("s\(sequence)", delays: [0, 60]) }
    for lead in 1...leads { scenario.lead(lead, device: "D1") }
    return scenario
  }

  private func set(_ engine: TestInstance, _ guards: [GuardListing]) throws {
    try engine.store.changeGuards(actor: "ops", at: engine.clock.now(), reason: "a test") { list in
      list = guards
      return "set"
    }
  }

  private func limit(_ name: String, _ limit: Int64) -> GuardListing {
    GuardListing(name: name, parameters: [Parameter("limit", .integer(limit))], own: [])
  }

  private func replay(_ store: any Store) throws -> ReplayReport {
    try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
  }

  private func expectSound(_ engine: TestInstance, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let report = try replay(engine.store)
    #expect(
      report.decisions > 0 && report.decisions == report.identical + report.notAsked, sourceLocation: sourceLocation)
    if let difference = report.firstDifference {
      Issue.record(
        "recorded \(JSONWriter().string(difference.recorded.json)), replayed \(JSONWriter().string(difference.replayed.json))",
        sourceLocation: sourceLocation)
    }
    #expect(try engine.store.integrity().checks.allSatisfy { $0.violations == 0 }, sourceLocation: sourceLocation)
  }

  @Test func `a new store has the harmless guards, which the first cycle records`() throws {
    let engine = try TestInstance(scenario())
    try engine.decide()
    let lineup = try engine.store.read { snapshot in
      try snapshot.generation(of: snapshot.tenants()[0].key)?.lineup
    }
    #expect(lineup?.guards.map(\.policy) == ["guards/daily_limit", "guards/move_limit"])
    try engine.decide()
    #expect(try RecordRows(engine).count("SELECT max(generation) FROM policy_changes") == 1)
  }

  @Test func `a lead in two sequences gets one message a day if the operator sets a limit`() async throws {
    let engine = try TestInstance(scenario(sequences: 2, leads: 90))
    try set(engine, [limit("daily_limit", 1)])
    let first = try engine.decide()
    #expect(first.queued == 90 && first.waiting == 90)
    #expect(
      try RecordRows(engine).count("SELECT count(*) FROM (SELECT DISTINCT recipient_phone FROM broadcast_messages)")
        == 90)
    let held = try engine.contact("s2/L1")
    #expect(held.decisions.first?.reason == "1 messages in 24 hours; the limit is 1")
    #expect(held.decisions.first?.policy == "guards/daily_limit")
    try await engine.send()
    // The second step of the first sequence waits too, and so on until the end of the day.
    for _ in 0..<23 { _ = try await engine.step(seconds: 3600) }
    #expect(try RecordRows(engine).count("SELECT count(*) FROM broadcast_messages") == 90)
    for _ in 0..<4 { _ = try await engine.step(seconds: 3600) }
    #expect(try RecordRows(engine).count("SELECT count(*) FROM broadcast_messages") == 180)
    try expectSound(engine)
  }

  @Test func `a contact that keeps changing devices is stopped`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "passer")
    for device in 1...3 { scenario.device("D\(device)") }
    scenario.sequence("s1", delays: [0, 1, 1, 1, 1])
    scenario.lead(1, device: "D1")
    let passer = """
      return { select = function(contact, fleet)
        return move(fleet[contact.step % #fleet + 1], 'on and on')
      end }
      """
    let engine = try TestInstance(scenario, files: ["passer": passer])
    try set(engine, [limit("move_limit", 2)])
    for _ in 0..<4 { _ = try await engine.step(seconds: 5) }
    let contact = try engine.contact("s1/L1")
    #expect(contact.status == .waiting && contact.step == 3)
    #expect(contact.decisions.first?.reason == "moved 2 times; the limit is 2")
    #expect(try RecordRows(engine).count("SELECT moves FROM sequence_contacts") == 2)
    try expectSound(engine)
  }

  @Test func `quiet hours use the lead's time zone, or the tenant's`() throws {
    var scenario = StoreScenario()
    scenario.add("tenant", [("id", "acme"), ("time_zone", "Asia/Kuala_Lumpur"), ("policy", "fallback")])
    scenario.device("D1")
    scenario.sequence("s1")
    for (lead, zone) in [(1, nil), (2, "America/New_York"), (3, "Europe/Berlin")] as [(Int, String?)] {
      scenario.add(
        "lead",
        [
          ("tenant", "acme"), ("id", .string("L\(lead)")), ("phone", .string("+1555000000\(lead)")),
          ("time_zone", zone.map { .string($0) } ?? .null), ("triggers", ["NEW"]),
        ])
    }
    // 22:00 in Kuala Lumpur, 9:00 in New York, 15:00 in Berlin.
    let engine = try TestInstance(scenario, at: Instant(rfc3339: "2026-11-22T14:00:00Z")!)
    try set(engine, [GuardListing(name: "quiet_hours", parameters: [], own: [])])
    let report = try engine.decide()
    #expect(report.queued == 2 && report.waiting == 1)
    let held = try engine.contact("s1/L1")
    #expect(held.decisions.first?.reason == "quiet hours where the contact is")
    #expect(held.nextAt == Instant(rfc3339: "2026-11-23T00:00:00Z"))
    try expectSound(engine)
    // The record states which time zone was used.
    let rows = try RecordRows(engine)
    #expect(try rows.count("SELECT utc_offset_minutes FROM fleet_records") == 480)
    #expect(try rows.count("SELECT count(*) FROM decisions WHERE utc_offset_minutes = -300") == 1)
    #expect(try rows.count("SELECT count(*) FROM decisions WHERE utc_offset_minutes IS NULL") == 1)
  }

  @Test func `a failing guard makes contacts wait, is suspended, and resumes with its next revision`() throws {
    let engine = try TestInstance(
      scenario(leads: 12), files: ["guards/faulty": "return { guard = function() error('no') end }"], suspendAfter: 5)
    try set(engine, [GuardListing(name: "faulty", parameters: [], own: [])])
    let first = try engine.decide()
    #expect(first.queued == 0 && first.waiting == 12 && first.faults == 12)
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().faults == 0)
    let reason = try #require(try engine.contact("s1/L12").decisions.first?.reason)
    #expect(
      reason.hasPrefix("guard 'faulty' is suspended: 12 of its last 12 answers for different contacts were faults"))
    try expectSound(engine)
    try engine.folder.write("return { guard = function() end }", to: "Rules/guards/faulty.lua")
    engine.clock.advance(seconds: 400)
    #expect(try engine.decide().queued == 12)
    try expectSound(engine)
  }

  @Test func `a guard that fails only now and then is not suspended`() throws {
    let moody = "return { guard = function(contact) if contact.id:sub(-1) > '5' then error('no') end end }"
    let engine = try TestInstance(scenario(leads: 30), files: ["guards/moody": moody], suspendAfter: 12)
    try set(engine, [GuardListing(name: "moody", parameters: [], own: [])])
    let report = try engine.decide()
    #expect(report.queued == 18 && report.faults == 12)
    // Each contact is counted once, however often it fails.
    for _ in 0..<3 {
      engine.clock.advance(seconds: 60)
      #expect(try engine.decide().faults == 12)
    }
    for contact in ["s1/L7", "s1/L18"] {
      let reason = try #require(try engine.contact(contact).reason)
      #expect(reason.hasSuffix("no: contact.id of \(contact) is \"\(contact)\""), "\(reason)")
    }
  }

  @Test func `a refused file leaves the last good revision live, and the refusal is recorded`() throws {
    let engine = try TestInstance(
      scenario(leads: 2), files: ["guards/mine": "return { guard = function() return wait('mine', 60) end }"])
    try set(engine, [GuardListing(name: "mine", parameters: [], own: [])])
    #expect(try engine.decide().waiting == 2)
    try engine.folder.write("return { guard = function() return use('D1', 'x') end }", to: "Rules/guards/mine.lua")
    engine.clock.advance(seconds: 100)
    // The last good revision gives the same answer, so the only change is each contact's next time.
    #expect(try engine.decide().decided == 0)
    for lead in 1...2 {
      let contact = try engine.contact("s1/L\(lead)")
      #expect(contact.reason == "mine" && contact.nextAt == engine.clock.now().advanced(bySeconds: 60))
    }
    let rows = try RecordRows(engine)
    #expect(try rows.count("SELECT count(*) FROM policy_refusals WHERE policy = 'guards/mine'") == 1)
    #expect(try rows.count("SELECT max(generation) FROM policy_changes") == 1)
    try engine.folder.write("return { guard = function() end }", to: "Rules/guards/mine.lua")
    engine.clock.advance(seconds: 100)
    #expect(try engine.decide().queued == 2)
    #expect(try rows.count("SELECT count(*) FROM policy_refusals") == 0)
    #expect(try rows.count("SELECT count(*) FROM policy_changes WHERE action = 'guards'") == 1)
    try expectSound(engine)
  }

  @Test func `a missing guard makes every contact wait`() throws {
    let engine = try TestInstance(scenario())
    try set(engine, [GuardListing(name: "nowhere", parameters: [], own: [])])
    let report = try engine.decide()
    #expect(report.queued == 0 && report.faults == 1)
    try expectSound(engine)
  }

  @Test func `parameters set for one tenant apply only to that tenant`() throws {
    var scenario = scenario(sequences: 2)
    scenario.tenant("globex")
    scenario.device("G1", of: "globex")
    for sequence in 1...2 { scenario.sequence("s\(sequence)", of: "globex") }
    scenario.lead(7, of: "globex", device: "G1")
    let engine = try TestInstance(scenario)
    let own = GuardListing(
      name: "daily_limit", parameters: [], own: [(TenantID("globex")!, [Parameter("limit", .integer(1))])])
    try set(engine, [own])
    let report = try engine.decide()
    #expect(report.queued == 3 && report.waiting == 1)
    #expect(try engine.store.guards() == [own])
    try expectSound(engine)
  }

  @Test func `guards and narrowed choices survive a round trip`() async throws {
    let engine = try TestInstance(scenario(sequences: 2, leads: 5))
    try set(
      engine,
      [
        GuardListing(
          name: "daily_limit", parameters: [Parameter("limit", .integer(1))],
          own: [(TenantID("acme")!, [Parameter("retry", .integer(60))])]),
        GuardListing(name: "quiet_hours", parameters: [], own: []),
      ])
    for _ in 0..<3 { _ = try await engine.step(seconds: 100) }
    let bytes = try engine.store.exportedBytes()
    let again = try engine.store.importFile(ByteSource(bytes), ImportOptions(now: engine.clock.now()))
    #expect(!again.hasChanged)
    let copy = try SQLiteStore.create(at: engine.folder.file("copy.db"))
    _ = try copy.importFile(ByteSource(bytes), ImportOptions(now: engine.clock.now()))
    #expect(try copy.exportedBytes() == bytes)
    #expect(try copy.guards() == engine.store.guards())
    #expect(try RecordRows(path: copy.path).count("SELECT count(*) FROM narrowed_choices") > 5)
    let (before, after) = (try replay(engine.store), try replay(copy))
    #expect(after.identical == before.identical && after.different == 0)
    #expect(try RecordRows(path: copy.path).count("SELECT count(*) FROM sequence_contacts WHERE last_sent_at > 0") > 0)
    // An export of all tenants has one line for a plain list, and a tenant's export has none.
    let one = try copy.exportedBytes(tenant: "acme")
    let lines = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self).split(separator: "\n") }
    #expect(lines(bytes).count { $0.hasPrefix(#"{"type":"guards""#) } == 1)
    #expect(lines(one).count { $0.hasPrefix(#"{"type":"guards""#) } == 0)
    #expect(lines(one).count { $0.hasPrefix(#"{"type":"guard_params""#) } == 1)
  }

  @Test func `dry runs and explanations evaluate the guards too`() throws {
    let engine = try TestInstance(scenario(sequences: 2))
    try set(engine, [limit("daily_limit", 1)])
    let guardian = try StandardAcceptance().accept(
      try PolicyCatalog(rules: nil).guardEntry(named: "daily_limit"), parameters: [Parameter("limit", .integer(1))],
      kind: .guard)
    let policy = try CompiledPolicy(
      file: "strict", source: try #require(ShippedPolicies.source(of: "strict")))
    // Enrolled, but nothing decided: the policy that enrols chooses nothing.
    _ = try engine.store.read { snapshot in try snapshot.tenants() }
    try engine.decide()
    let lineup = CompiledLineup(live: [policy], guards: [guardian])
    let explanation = try engine.store.readHistory { snapshot in
      try Explain(
        options: .init(contact: "s2/L1", now: engine.clock.now().advanced(bySeconds: 4000)), lineup: { _ in lineup }
      ).run(on: snapshot)
    }
    let present = try #require(explanation.present)
    #expect(present.decision.narrowed?.outcome == .use && present.decision.origin == guardian.origin)
    #expect(present.trace.asked.map(\.origin) == [policy.origin, guardian.origin])
    let report = try engine.store.read { snapshot in
      try DryRun(
        options: .init(now: engine.clock.now().advanced(bySeconds: 4000)), against: { _ in lineup },
        candidate: { _ in [policy] }
      ).run(on: snapshot)
    }
    #expect(report.contacts == 1 && report.changed == 0)
  }

  @Test func `a store of the previous version is upgraded with the data that guards read`() async throws {
    let engine = try TestInstance(scenario(policy: "reassign", sequences: 2, leads: 6))
    try engine.store.changeGuards(actor: "ops", at: TestInstance.start, reason: nil) { list in
      list = []
      return "none"
    }
    for _ in 0..<3 { _ = try await engine.step(seconds: 70) }
    let path = engine.folder.file("old.db")
    try writeAsBefore(engine.store.path, to: path)
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    #expect(try store.guards().map(\.name) == ["daily_limit", "move_limit"])
    let (now, then) = (try RecordRows(path: path), try RecordRows(engine))
    for sql in [
      "SELECT count(*) FROM leads WHERE is_enrolled_again = 1",
      "SELECT sum(last_sent_at % 100000) FROM sequence_contacts",
      "SELECT sum(moves * id) FROM sequence_contacts",
    ] {
      #expect(try now.count(sql) == then.count(sql), "\(sql)")
    }
    #expect(try now.count("SELECT count(*) FROM leads WHERE is_enrolled_again = 1") == 6)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
    let report = try replay(store)
    #expect(report.different == 0 && report.identical > 10)
  }

  /// Writes the rows of a store as the previous version had them.
  private func writeAsBefore(_ source: String, to path: String) throws {
    let old = try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(4))
    try old.pool.barrierWriteWithoutTransaction { db in
      try db.execute(sql: "ATTACH ? AS new", arguments: [source])
      try db.inTransaction {
        try RowCopy.run(from: "new", db)
        return .commit
      }
      try db.execute(sql: "DETACH new")
    }
  }
}
