import Foundation
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import StoreSQL
@testable import StoreSQLite

/// Runs every method of every store contract at least once, and records the statements that are prepared.
///
/// The rows come from cycles with live policies, guards, a canary, a shadow and faults, from operators' commands, and
/// from imports. `StatementTests` reports the statements in the sources that this does not reach.
final class Census {
  /// The statements that the scenario prepared, each once. The scenario runs once per process.
  static let statements = Task { try await Census().run() }

  private static let live = """
    return { select = function(c, fleet)
      if c.attempts == 0 and random(9) == 1 then return wait('later', 30) end
      if random(9) == 1 then return skip('left out') end
      local d = fleet:least_loaded()
      if d and random(4) == 1 then return move(d, 'moved') end
      if d then note('chosen ' .. d.id) return use(d, 'least loaded') end
      return wait('all are full', 60)
    end }
    """
  private static let other = """
    return { select = function(c, fleet)
      if random(9) == 1 then error('bad luck') end
      return use(fleet[1], 'first')
    end }
    """
  private static let failing = "return { select = function(c) return wait(nil .. c.id) end }"
  private static let broken = "return { select = function(c, fleet return nil end }"

  private let dialect = RecordingDialect()
  private let folder = TestFolder()
  private let acme = TenantID("acme")!
  private let ann = Actor("ann", systemUser: "root")

  private var now = TestInstance.start

  private func run() async throws -> [String] {
    let store = try SQLiteStore.create(at: folder.file("usher.db"), migrations: .all, dialect: dialect)
    try fill(store)
    let engine = try live(store)
    try await cycles(engine)
    now = engine.clock.now()
    try operate(store, engine.epoch)
    try await sends(engine)
    now = engine.clock.now()
    try policies(store, engine)
    try reports(store, at: now)
    try reports(store, at: TestInstance.start.advanced(bySeconds: 90))
    try history(store)
    try interchange(store)
    try maintain(store)
    try clock(store)
    return dialect.statements
  }

  private func note(_ reason: String) -> OperatorNote { OperatorNote(actor: ann, reason: reason, at: now) }

  private func options(_ format: ImportFormat = .jsonLines, skipBad: Bool = false) -> ImportOptions {
    let origin = ImportOrigin(
      actor: ann, reason: "test", file: "file", digest: { "sha256:" + String(repeating: "0", count: 64) })
    return ImportOptions(format: format, skipBad: skipBad, now: now, origin: origin)
  }

  // MARK: - Cycles

  private func fill(_ store: SQLiteStore) throws {
    try store.recordCreation(by: note("test"), isSample: true)
    var rows = StoreScenario()
    rows.tenant("acme", policy: "mine")
    rows.tenant("globex", policies: ["failing", "broken", "fallback.lua"])
    for tenant in ["acme", "globex"] {
      for device in 1...4 {
        rows.device(
          "D\(device)", of: tenant, minute: 20, hour: 60, day: 400, queue: 9, pace: [0, 1], tags: ["kl"])
      }
      rows.sequence(of: tenant, delays: [0, 60, 60])
      rows.sequence("second", of: tenant, trigger: "AGAIN", delays: [0])
      for lead in 0..<40 {
        rows.lead(
          lead + (tenant == "acme" ? 0 : 1000), of: tenant, device: lead % 5 == 4 ? nil : "D\(lead % 4 + 1)",
          triggers: lead % 4 == 0 ? ["NEW", "AGAIN"] : ["NEW"], isOptedOut: lead == 39,
          name: lead % 3 == 0 ? nil : "Lead \(lead)")
      }
    }
    rows.lead(900, triggers: ["NOTHING"])
    rows.lead(902, triggers: ["NOTHING"])
    rows.add(
      "enrolment",
      [
        ("tenant", .string("acme")), ("sequence", .string("welcome")), ("lead", .string("L902")),
        ("status", .string("waiting")), ("reason", .string("all are full")),
        ("next_at", .string("2026-11-22T10:00:00Z")), ("waitlist", .object(JSONObject([("tag", .string("kl"))]))),
      ])
    rows.add(
      "guard_params",
      [
        ("tenant", .string("acme")), ("guard", .string("daily_limit")),
        ("params", .object(JSONObject([("limit", .integer(2))]))),
      ])
    _ = try store.importFile(ByteSource(rows.jsonLines), options())
    _ = try store.readHistory { try $0.waitlistPlace(of: ContactID("welcome/L902")!, of: TenantKey(1)) }
    var urgent = StoreScenario()
    urgent.sequence(delays: [0, 60, 60], priorities: [.urgent])
    _ = try store.importFile(ByteSource(urgent.jsonLines), options())
  }

  private func live(_ store: SQLiteStore) throws -> TestInstance {
    try folder.write(Census.live, to: "Rules/mine.lua")
    try folder.write(Census.failing, to: "Rules/failing.lua")
    try folder.write(Census.broken, to: "Rules/broken.lua")
    let gateway = FakeGateway(outcome: { message in
      switch message.key.raw % 7 {
      case 2: .deviceFault(reason: "disconnected", pauseSeconds: 120)
      case 3, 4: .refused(reason: "no such number")
      case 5: .unknown(reason: "timed out")
      default: .accepted(gatewayID: "g-\(message.key.raw)")
      }
    })
    return try TestInstance(folder, store, gateway, at: now, processID: 1, suspendAfter: 3)
  }

  private func cycles(_ engine: TestInstance) async throws {
    try await engine.step(seconds: 60)
    let trial = try TestInstance.revision("mine", Census.other)
    try engine.change(.canary, rolledBack: [trial]) { lineup in
      lineup.canary = PolicyTrial(
        share: try engine.newShare(percent: 40), revisions: [trial], parameters: [],
        rollbackLimits: .standard)
    }
    for _ in 0..<2 { try await engine.step(seconds: 60) }
    try engine.change(.stop) { $0.canary = nil }
    try engine.shadow(try TestInstance.revision("other", Census.other))
    for _ in 0..<4 { try await engine.step(seconds: 60) }
    let (store, epoch) = (engine.store, engine.epoch)
    let (acme, now) = (TenantKey(1), engine.clock.now())
    try store.recordHeld("waits for an operator", code: nil, of: "mine", for: acme, at: now, epoch: epoch)
    try store.recordHeld(nil, code: nil, of: "gone", for: acme, at: now, epoch: epoch)
    try store.recordRefusal("no text", code: nil, of: "guards/night", for: acme, at: now, epoch: epoch)
    try store.recordRefusal(nil, code: nil, of: "gone", for: acme, at: now, epoch: epoch)
    try store.recordLogged(upTo: 1, epoch: epoch)
    try store.recordTexts([PolicyText(of: trial)], for: acme, at: now, epoch: epoch)
    try store.recordStreaks(
      [PolicyStreak(policy: "mine", revision: trial.digest, faults: 2, lastFault: "bad luck")], for: acme, at: now,
      epoch: epoch)
    _ = try store.abandonedClaims(at: now, epoch: epoch)
    var late = StoreScenario()
    late.lead(901)
    try engine.take(late)
    try probe(engine, trial)
    let later = now.advanced(bySeconds: 60)
    _ = try store.enrol(tenant: acme, limit: 9, at: now, epoch: epoch) { _ in .wait(until: later, reason: "test") }
  }

  /// Decides waits again: all of them, after a change of a device twice, and those of a filter.
  private func wake(_ store: SQLiteStore, _ epoch: LeaderEpoch) throws {
    _ = try store.read { try ($0.busyTenants(at: now), $0.wakes(onlyOpen: true), $0.wakes(onlyOpen: false)) }
    let step = RowFilter.comparison(FilterComparison(FilterField("step"), .equal, [.number(1)]))
    _ = try store.countWaits(matching: step, of: nil, at: TestInstance.start)
    _ = try store.wakeContacts(
      matching: step, text: "step=1", count: 1, of: acme, reason: "test", actor: ann, at: TestInstance.start)
    for lead in 0..<40 {
      _ = try? store.wakeContacts([ContactID("welcome/L\(lead)")!], of: acme, reason: "test", actor: ann, at: now)
    }
    try store.wakeAfterPauses(at: now, epoch: epoch)
    for tenant in [TenantKey(1), TenantKey(2)] {
      try store.beginWake(of: tenant, at: now, epoch: epoch)
      while try store.wakeNext(tenant: tenant, limit: 5, at: now, epoch: epoch, isOver: { true })?.endedAt == nil {
        if try store.read({ try $0.wakes(onlyOpen: true)[tenant] }) == nil { break }
      }
    }
    for status in [DeviceStatus.offline, .online] {
      try store.setDeviceStatus(DeviceID("D4")!, of: acme, to: status, reason: "test", actor: ann, at: now)
    }
  }

  /// A changed lead requests a probe of a suspended revision.
  private func probe(_ engine: TestInstance, _ revision: PolicyRevision) throws {
    let (store, acme, now) = (engine.store, TenantKey(1), engine.clock.now())
    let suspended = PolicyStreak(
      policy: "mine", revision: revision.digest, faults: 2, lastFault: "bad luck", suspendedAt: now)
    try store.recordStreaks([suspended], for: acme, at: now, epoch: engine.epoch)
    var change = StoreScenario()
    change.lead(901, name: "Changed")
    try engine.take(change)
    #expect(try store.read { try $0.probeRequests(of: acme) } == 1)
    try store.recordStreaks([], for: acme, at: now, epoch: engine.epoch)
    #expect(try store.read { try $0.probeRequests(of: acme) } == 0)
  }

  /// Sends messages that operators returned to the queue, except to leads that opted out meanwhile.
  private func sends(_ engine: TestInstance) async throws {
    engine.clock.advance(seconds: 90_000)
    try engine.decide()
    var changes = StoreScenario()
    for lead in 10..<30 { changes.lead(lead, triggers: ["NEW"], isOptedOut: true) }
    try engine.take(changes)
    for _ in 0..<2 { try await engine.step(seconds: 60) }
  }

  // MARK: - Operators

  private func operate(_ store: SQLiteStore, _ epoch: LeaderEpoch) throws {
    let device = { (number: Int) in DeviceID("D\(number)")! }
    try store.pauseDevice(device(1), of: acme, until: now.advanced(bySeconds: 60), reason: "test", actor: ann, at: now)
    try store.resumeDevice(device(1), of: acme, reason: "test", actor: ann, at: now)
    try store.setDeviceStatus(device(2), of: acme, to: .offline, reason: "test", actor: ann, at: now)
    try store.retireDevice(device(3), of: acme, reassignTo: device(4), reason: "test", actor: ann, at: now)
    for lead in 0..<39 {
      // Some of these calls are refused.
      let contact = ContactID("welcome/L\(lead)")!
      try? store.prioritiseContact(contact, of: acme, as: .urgent, reason: "test", actor: ann, at: now)
      if lead % 3 == 0 {
        try? store.reassignContact(contact, of: acme, to: device(4), reason: "test", actor: ann, at: now)
      } else {
        try? store.retryContact(contact, of: acme, reason: "test", actor: ann, at: now)
      }
    }
    try wake(store, epoch)
    for who in ["L6", "+15550000007", "welcome/L8"] {
      _ = try store.optOut(who, of: acme, reason: "test", actor: ann, at: now)
    }
    // A process that ended while it was sending: its leases are over immediately.
    _ = try store.claim(limit: 10, at: now, leaseUntil: now, epoch: epoch, draw: { _ in 0 })
    let abandoned = try store.abandonedClaims(at: now, epoch: epoch)
    _ = try store.finish(
      abandoned.map { SendResult(message: $0, outcome: .unknown(reason: "the process ended")) }, at: now, epoch: epoch)
    let hold = { (tenant: String) in
      SendingHold(tenant: TenantID(tenant)!, reason: "test", actor: self.ann, at: self.now)
    }
    _ = try store.startHold(hold("acme"))
    _ = try HoldFile(of: store.path).add(hold("globex"))
    try store.recordHoldFile()
    _ = try store.holds(at: now)
    _ = try store.holds(at: nil)
    _ = try store.claimed(of: acme, at: now)
    _ = try store.claim(limit: 10, at: now, leaseUntil: now, epoch: epoch, draw: { _ in 0 })
    for hold in [hold("acme"), SendingHold(tenant: nil, kind: .unreadable, reason: "test", actor: ann, at: now)] {
      _ = try store.reading { try HoldRows.release(of: hold, in: $0) }
    }
    for tenant in ["acme", "globex"] {
      _ = try store.releaseHold(of: TenantID(tenant)!, reason: "test", actor: ann, at: now, stated: nil)
    }
  }

  // MARK: - Policies

  private func policies(_ store: SQLiteStore, _ engine: TestInstance) throws {
    try store.changeGuards(actor: ann, at: now, reason: "test") { guards in
      guards[0].parameters = [Parameter("limit", .integer(3))]
      guards[0].own = [(tenant: acme, parameters: [Parameter("limit", .integer(4))])]
      return "limit 3"
    }
    try engine.decide()
    let trial = try TestInstance.revision("mine", Census.other)
    let (tenant, current) = (try store.read { try $0.tenants()[0] }, try engine.generation())
    let draft = GenerationDraft(
      lineup: current.lineup, parameters: nil,
      change: PolicyChange(at: now, actor: "ann", action: .activate), activated: [PolicyText(of: trial)])
    _ = try store.apply([PolicyChangeRequest(tenant: tenant, last: current.number, draft: draft)], systemUser: "root")
    _ = try (store.policyStatuses(), store.guards(), store.guardTroubles())
    _ = try (store.policyHistory(tenant: acme), store.policyHistory(tenant: nil))
    let generation = try engine.generation()
    _ = try store.policyGeneration(generation.number, of: TenantKey(1))
    for revision in generation.lineup.live + (generation.lineup.shadow?.revisions ?? []) {
      _ = try (store.revision(revision.digest), store.revisions(startingWith: revision.digest, limit: 3))
    }
    _ = try store.shadowReport(of: TenantKey(1), since: generation.lineup.shadow?.since ?? 0)
    try store.assignPolicies(
      [PolicyAssignment(tenant: acme, policies: ["mine", "fallback"], parameters: [])], basisOf: acme, marking: 1,
      reason: "test", actor: ann, at: now, prepare: { _ in })
  }

  // MARK: - Reports

  private func reports(_ store: SQLiteStore, at moment: Instant) throws {
    _ = try (store.devices(at: moment), store.devicesNow(at: moment))
    for tenant in [acme, nil] {
      _ = try store.mismatches(since: nil, tenant: tenant, at: moment, lineLimit: 5)
      _ = try store.mismatches(since: TestInstance.start, tenant: tenant, at: nil, lineLimit: 5)
      _ = try (store.lastActivity(of: tenant), store.dueCount(of: tenant, at: moment))
      for subject in [nil, "device D1", "policy mine", "contact welcome/L1", "store"] {
        let subject = subject.map(AuditSubject.init)
        for actor in [nil, "ann"] {
          let filter = AuditFilter(
            since: .earliest, until: moment, subject: subject, actor: actor, tenant: tenant, limit: 5)
          _ = try store.audit(filter)
        }
      }
      _ = try store.state(of: tenant, modelLeads: 5, at: moment)
      for what in [IDKind.tenant, .device, .contact] {
        _ = try store.has(what, "D1", of: tenant?.text)
        _ = try store.ids(what, of: tenant?.text, startingWith: "", limit: 9)
      }
    }
    _ = try (store.sequences(), store.sequences(at: moment))
    _ = try store.overview(at: moment, stopwatch: { 0 })
    _ = try store.watch(stopwatch: { 0 }).look(at: moment)
  }

  // MARK: - History

  private func history(_ store: SQLiteStore) throws {
    _ = try store.contact(ContactID("welcome/L1")!, of: acme)
    _ = try store.readWithPlanBasis(of: acme, keeping: true) { try $0.tenants().count }
    _ = try store.readWithPlanBasis(of: nil, keeping: true) { try $0.tenants().count }
    try store.readHistory { snapshot in
      for tenant in try snapshot.tenants() {
        _ = try snapshot.fleet(of: tenant, at: now)
        try snapshot.visitDue(tenant: tenant.key, limit: 9, at: now.advanced(bySeconds: 600)) { _ in }
        _ = try snapshot.waitlists(of: tenant.key)
        let step = try snapshot.stepReader(at: now)
        for turn in try snapshot.turns(of: tenant.key, limit: 999, at: now) { _ = try step(turn.entry.enrolment) }
        _ = try (snapshot.generation(of: tenant.key), snapshot.liveChange(of: tenant.key))
        _ = try (snapshot.fileStates(of: tenant.key), snapshot.texts(of: tenant.key), snapshot.streaks(of: tenant.key))
        for number in 1...9 { _ = try snapshot.canaryTallies(of: tenant.key, in: Int64(number)) }
        _ = try (snapshot.circumstances(of: tenant.key), snapshot.activeRevisions(of: tenant.key))
        _ = try (snapshot.waitlistPlace(of: ContactID("welcome/L1")!, of: tenant.key), snapshot.waits(of: tenant.key))
        _ = try snapshot.contactsBeyondFilters(of: tenant.key)
        for lead in 0..<40 { _ = try snapshot.currentStep(of: ContactID("welcome/L\(lead)")!, of: tenant.key, at: now) }
      }
      _ = try (snapshot.generations(after: 0), snapshot.generations(after: 1000), snapshot.lastLoggedChange())
      _ = try (snapshot.lineupChanges(after: 0), snapshot.isPinned(), snapshot.messagesAhead(of: MessageKey(1)))
      for tenant in [TenantKey(1), nil] {
        for name in ["L1", "L900", "welcome/L1"] {
          _ = try snapshot.contacts(named: name, of: tenant, limit: 3)
          _ = try snapshot.contacts(near: name + "0", of: tenant, limit: 3)
          _ = try snapshot.unenrolled(named: name, of: tenant, limit: 3)
        }
      }
      for filter in [
        RecordFilter(), RecordFilter(tenant: acme, since: TestInstance.start, until: now), RecordFilter(decision: 3),
      ] {
        try snapshot.visitRecord(filter, run: { _ in }, decision: { _ in true })
        _ = try snapshot.countUnrecorded(filter)
      }
    }
  }

  // MARK: - Files

  private func interchange(_ store: SQLiteStore) throws {
    // A change keeps the values that decisions saw.
    var changes = StoreScenario()
    for lead in 0..<20 { changes.lead(lead, name: "Renamed \(lead)") }
    changes.sequence(delays: [0, 60, 60], content: "Hello {name|there}")
    _ = try store.importFile(ByteSource(changes.jsonLines), options())
    let export = { (store: SQLiteStore, format: ExportFormat, tenant: TenantID?) in
      var bytes: [UInt8] = []
      try store.exportFile(format, tenant: tenant) { bytes += $0 }
      return bytes
    }
    let copy = try SQLiteStore.create(at: folder.file("copy.db"), migrations: .all, dialect: dialect)
    let lines = try export(store, .jsonLines, nil)
    for _ in 0..<2 { _ = try copy.importFile(ByteSource(lines), options(skipBad: true)) }
    for table in CSVTable.allCases {
      let rows = try export(store, .csv(table), acme)
      _ = try copy.importFile(ByteSource(rows), options(.csv(table)))
    }
    for change in Census.patches {
      // Some are refused because of rows that a statement finds.
      _ = try? copy.importFile(ByteSource(Array(change.utf8)), options())
    }
    _ = try export(copy, .jsonLines, acme)
    // Leaves out the lines that other lines wait for.
    let partial = try SQLiteStore.create(at: folder.file("partial.db"), migrations: .all, dialect: dialect)
    let rest = String(decoding: lines, as: UTF8.self).split(separator: "\n").filter { line in
      !["message", "fleet_record"].contains { line.hasPrefix("{\"type\":\"\($0)\"") }
    }
    _ = try partial.importFile(ByteSource(Array(rest.joined(separator: "\n").utf8)), options(skipBad: true))
  }

  /// Changes of existing rows.
  private static let patches = [
    #"{"type":"lead","tenant":"acme","id":"L1","phone":"+15550009999"}"#,
    #"{"type":"lead","tenant":"acme","id":"L900","triggers":[]}"#,
    #"{"type":"device","tenant":"acme","id":"D4","status":"retired"}"#,
    #"{"type":"guard_params","tenant":"acme","guard":"daily_limit","params":{"limit":9}}"#,
    #"{"type":"policy_refusal","tenant":"acme","policy":"p","refusal":"r","at":"2026-11-22T08:00:00Z"}"#,
    sequence(steps: 2), sequence(steps: 1),
  ]

  /// A sequence with a trigger that no lead has.
  private static func sequence(steps: Int) -> String {
    let steps = Array(repeating: #"{"delay_s":0,"content":"Hi"}"#, count: steps).joined(separator: ",")
    return #"{"type":"sequence","tenant":"acme","id":"third","trigger":"new","status":"active","steps":[\#(steps)]}"#
  }

  // MARK: - Maintenance

  /// A clock that is right one second after the start: everything since is ahead of it.
  private func clock(_ store: SQLiteStore) throws {
    let epoch = try store.becomeLeader(processID: 1, at: now)
    _ = try store.holdForClock(reason: "test", actor: ann, at: now, epoch: epoch)
    _ = try (store.newestAhead(of: now), store.timesAhead(of: now))
    let note = OperatorNote(actor: ann, reason: "test", at: TestInstance.start.advanced(bySeconds: 1))
    for isDryRun in [true, false] { _ = try store.acceptClock(by: note, reason: "test", isDryRun: isDryRun) }
  }

  private func maintain(_ store: SQLiteStore) throws {
    _ = try (store.facts(), store.integrity(at: now))
    let until = TestInstance.start.advanced(bySeconds: 200)
    _ = try store.prunePreview(until: until, tenant: nil)
    let options = PruneOptions(until: until, archive: folder.file("old.db"), actor: ann, now: now)
    _ = try store.prune(options, pause: {})
    try history(store)
    try store.forget(store.migrationCopies(), by: note("test"))
    let file = folder.file("usher.db.before-v1")
    let copy = MigrationCopy(path: file, version: 1, bytes: 0, madeAt: now)
    try store.forget([copy], by: note("test"))
    _ = try store.forgetExpiredCopies(at: now)
    // Packs all periods, then meets an earlier time.
    for _ in 0..<14 { _ = try store.becomeLeader(processID: 1, at: now.advanced(bySeconds: 7200)) }
    _ = try store.becomeLeader(processID: 1, at: now)
    _ = try store.lastMessages(5)
  }
}
