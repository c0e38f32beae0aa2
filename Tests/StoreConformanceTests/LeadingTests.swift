import Routing
import RoutingTestKit
import Testing

struct LeadingTests {
  private func scene(_ factory: StoreFactory) throws -> StoreFixture { try StoreFixture(factory) }

  @Test(arguments: StoreFactory.all)
  func `each leader gets a larger epoch, and its row says who it is`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    #expect(fixture.epoch == LeaderEpoch(1))
    #expect(try fixture.store.becomeLeader(processID: 99, at: fixture.now) == LeaderEpoch(2))
    #expect(
      try fixture.rows("SELECT epoch, process_id, build, since FROM leader")
        == [["2", "99", "usher", "\(fixture.now.milliseconds)"]])
  }

  @Test(arguments: StoreFactory.all)
  func `a process that lost its leadership writes nothing (I-18)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let device = try fixture.device("D1")
    try fixture.sequence()
    try fixture.lead("T", triggers: ["NEW"])
    for lead in ["A", "B"] { try fixture.enrolment(lead, device: device) }
    try fixture.queueAll(on: device, limit: 1)
    let claimed = try fixture.claim()
    let other = try fixture.subject.reopen(.readWrite)
    _ = try other.becomeLeader(processID: 2, at: fixture.now)
    let before = try fixture.everything()
    let store = fixture.store
    let (now, epoch, acme) = (fixture.now, fixture.epoch, fixture.acme)
    let lost = StoreError.leadershipLost
    let revision = PolicyRevision(policy: "p", digest: "x", source: "", parameters: [])
    #expect(throws: lost) { try store.activate([revision], for: acme, at: now, epoch: epoch) }
    #expect(throws: lost) { try store.recordRefusal("no", code: nil, of: "p", for: acme, at: now, epoch: epoch) }
    #expect(throws: lost) { try store.recordStreaks([], for: acme, at: now, epoch: epoch) }
    #expect(throws: lost) {
      try store.enrol(tenant: acme, limit: 9, at: now, epoch: epoch) { _ in .enrol(device: nil, reason: "x") }
    }
    #expect(throws: lost) { try fixture.queueAll(on: device) }
    #expect(throws: lost) { try fixture.claim() }
    #expect(throws: lost) { try fixture.finish(claimed, .accepted(gatewayID: nil)) }
    #expect(throws: lost) { try store.abandonedClaims(at: now, epoch: epoch) }
    #expect(try fixture.everything() == before)
  }

  @Test(arguments: StoreFactory.all)
  func `an activation is recorded when the revisions or their order change, and only then`(factory: StoreFactory) throws
  {
    let fixture = try scene(factory)
    var other = StoreFixture.revision
    other.policy = "fallback"
    other.digest = "sha256:" + String(repeating: "b", count: 64)
    other.parameters = [
      Parameter("a", .boolean(true)), Parameter("b", .number(1.5)), Parameter("c", .text("x\"y")),
    ]
    let lists = [[StoreFixture.revision], [other, StoreFixture.revision], [StoreFixture.revision, other]]
    for list in lists {
      for _ in 0..<2 {
        try fixture.store.activate(list, for: fixture.acme, at: fixture.now, epoch: fixture.epoch)
        #expect(try fixture.store.read { try $0.activeRevisions(of: fixture.acme) } == list)
      }
    }
    #expect(try fixture.count("SELECT max(generation) FROM policy_activations") == 3)
    #expect(try fixture.count("SELECT count(*) FROM policy_revisions") == 2)
    let theirs = try fixture.tenant("other")
    #expect(try fixture.store.read { try $0.activeRevisions(of: theirs) }.isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `a refusal is kept until it is cleared, the latest one of each policy`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for refusal in ["line 1", "line 2"] {
      try fixture.store.recordRefusal(
        refusal, code: nil, of: "fallback", for: fixture.acme, at: fixture.now, epoch: fixture.epoch)
    }
    #expect(try fixture.rows("SELECT policy, refusal FROM policy_refusals") == [["fallback", "line 2"]])
    try fixture.store.recordRefusal(
      nil, code: nil, of: "fallback", for: fixture.acme, at: fixture.now, epoch: fixture.epoch)
    #expect(try fixture.rows("SELECT policy, refusal FROM policy_refusals").isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `a revision with source and parameters of one on record is that one, under its digest`(
    factory: StoreFactory
  ) throws {
    let fixture = try scene(factory)
    var same = StoreFixture.revision
    same.digest = "sha256:" + String(repeating: "b", count: 64)
    #expect(try fixture.store.recorded(same) == StoreFixture.revision)
    var other = same
    other.digest = "sha256:" + String(repeating: "c", count: 64)
    other.parameters.append(Parameter("grace", .number(3)))
    #expect(try fixture.store.recorded(other) == other)
    var fraction = same
    fraction.parameters = [Parameter("max_wait", .number(900))]
    #expect(try fixture.store.recorded(fraction) == fraction)
    for revision in [same, other] {
      try fixture.store.activate([revision], for: fixture.acme, at: fixture.now, epoch: fixture.epoch)
    }
    let history = try fixture.store.policyHistory(tenant: TenantID("acme"))
    // 0.1.0 may have recorded 900.0 as 900: whether this revision is the recorded one is decided by its digest.
    #expect(history.map(\.revision) == [StoreFixture.digest, same.digest, other.digest])
    // A fraction of zero is read back as it was.
    #expect(try fixture.store.revision(other.digest)?.revision.parameters == other.parameters)
  }

  @Test(arguments: StoreFactory.all)
  func `current, past and refused policies are on record for each tenant`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    var other = StoreFixture.revision
    (other.policy, other.digest) = ("fallback", "sha256:" + String(repeating: "b", count: 64))
    other.source += " -- another"
    let later = fixture.now.advanced(bySeconds: 9)
    try fixture.store.activate(
      [other, StoreFixture.revision], for: fixture.acme, at: later, epoch: fixture.epoch)
    try fixture.store.recordRefusal("line 1", code: nil, of: "x", for: fixture.acme, at: later, epoch: fixture.epoch)
    let history = try fixture.store.policyHistory(tenant: TenantID("acme"))
    #expect(history.map(\.policy) == ["assigned", "fallback", "assigned"])
    #expect(history.map(\.generation) == [1, 2, 2] && history.map(\.at) == [fixture.now, later, later])
    #expect(try fixture.store.policyHistory(tenant: TenantID("other")).isEmpty)
    try fixture.execute("UPDATE tenants SET policies = '[\"fallback\",\"assigned\",\"x\"]'")
    let statuses = try fixture.store.policyStatuses()
    #expect(statuses.map(\.policy) == ["fallback", "assigned", "x"])
    #expect(statuses.map(\.revision) == [other.digest, StoreFixture.digest, nil])
    #expect(statuses.map(\.refusal) == [nil, nil, "line 1"])
  }

  @Test(arguments: StoreFactory.all)
  func `a fleet has the tenant's devices in order with their loads, without retired ones`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    let (now, acme) = (fixture.now, fixture.acme)
    let first = try fixture.device("Z", hour: 80, tags: #"["kl","vip"]"#)
    try fixture.device("R", status: "retired")
    let second = try fixture.device("A", status: "auth_failed", tags: "[1]")
    try fixture.device("X", tenant: try fixture.tenant("other"))
    try fixture.sequence()
    for lead in ["1", "2", "3"] { try fixture.enrolment(lead, device: first) }
    try fixture.queueAll(on: first)
    _ = try fixture.claim(limit: 1)
    let fleet = try fixture.store.read { snapshot in
      try snapshot.fleet(of: try snapshot.tenants().first { $0.key == acme }!, at: now)
    }
    #expect(fleet.members.map(\.device.key) == [first, second])
    #expect(fleet.members[0].device.tags == ["kl", "vip"])
    #expect(fleet.members[0].device.limits == DeviceLimits(hour: 80))
    #expect(fleet.members[0].load == DeviceLoad(queued: 2, inFlight: 1))
    #expect(fleet.members[1].device.status == .authFailed)
    #expect(fleet.members[1].device.tags.isEmpty, "a bad row does not stop the fleet (I-47)")
  }

  @Test(arguments: StoreFactory.all)
  func `a tenant whose policies cannot be read names them; the others continue (I-47)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.tenant("bad", policies: "[1]")
    let tenants = try fixture.store.read { try $0.tenants() }
    #expect(tenants.map(\.policies) == [["assigned"], ["[1]"]])
    #expect(tenants.map(\.id.text) == ["acme", "bad"])
  }

  @Test(arguments: StoreFactory.all)
  func `the change that set the live policies is found however many generations followed`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    let other = PolicyRevision(
      policy: "other", digest: "sha256:" + String(repeating: "b", count: 64), source: "return {}", parameters: [])
    let first = StoreFixture.revision
    try fixture.begin([first, other], guards: [], by: "ann", after: 1)
    #expect(try fixture.liveOrigin() == "ann")
    try fixture.begin([other, first], guards: [], by: "bea", after: 2)
    #expect(try fixture.liveOrigin() == "bea", "another order")
    try fixture.begin([other], guards: [], by: "cem", after: 3)
    #expect(try fixture.liveOrigin() == "cem", "a shorter list")
    try fixture.execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      INSERT INTO policy_changes (tenant_id, generation, at, actor, action, origin)
      SELECT 1, i, \(fixture.now.milliseconds), 'usher', 'guards', 'list' FROM n
      """)
    try fixture.execute(
      """
      INSERT INTO policy_activations (tenant_id, generation, role, position, revision_id, at, policy)
      SELECT 1, c.generation, 'live', 1, a.revision_id, c.at, CASE WHEN c.generation % 2 = 0 THEN 'other' END
      FROM policy_changes c JOIN policy_activations a ON a.tenant_id = 1 AND a.generation = 4 AND a.role = 'live'
      WHERE c.generation > 4
      """)
    #expect(try fixture.liveOrigin() == "cem")
    try fixture.begin([first], guards: [], by: "dan", after: 2500)
    #expect(try fixture.liveOrigin() == "dan", "the same number of others")
  }
}

extension StoreFixture {
  /// Begins a generation with these live policies and guards.
  fileprivate func begin(
    _ live: [PolicyRevision], guards: [PolicyRevision], by actor: String, after last: Int64
  ) throws {
    let change = PolicyChange(at: now, actor: actor, action: .guards, reason: nil, origin: actor)
    _ = try store.begin(
      GenerationDraft(lineup: PolicyLineup(live: live, guards: guards), parameters: nil, change: change),
      for: acme, after: last, epoch: epoch)
  }

  fileprivate func liveOrigin() throws -> String? { try store.read { try $0.liveChange(of: acme)?.origin } }
}
