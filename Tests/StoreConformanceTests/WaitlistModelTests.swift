import Routing
import RoutingTestKit
import StoreSQL
import Testing

/// A store serves waitlists as the rule says: many small random worlds, each a tenant, against a model of the rule (I-72).
struct WaitlistModelTests {
  @Test(arguments: StoreFactory.all)
  func `whom a cycle asks, in which order, and what it records agree with the rule`(factory: StoreFactory) throws {
    try WaitlistWorld.run(12, seed: 20_261_201, factory)
  }
}

extension Slow {
  struct WaitlistModelTests {
    @Test(arguments: StoreFactory.all, [20_261_202, 20_261_203] as [UInt64])
    func `hundreds of worlds agree with the rule`(factory: StoreFactory, seed: UInt64) throws {
      try WaitlistWorld.run(200, seed: seed, factory)
    }
  }
}

/// What a contact of the model looks for.
private enum Wish: CaseIterable {
  /// Its own device, or the own device's waitlist.
  case own
  /// Any device, or the fleet's waitlist.
  case any
  /// Any device with the tag, or the waitlist of the filter.
  case tag
  /// Any device but its own, or the waitlist of that filter.
  case except
  /// Any device, and in vain until a minute has passed.
  case late
  /// Any device, or a wait of ten seconds that only ends at its time.
  case clock
}

/// The rule in its simplest form: every contact is looked at, and each remembers whether it was asked.
private struct WaitlistModel {
  enum State { case due, waiting, queued }

  struct Person {
    let id: String
    let wish: Wish
    let own: Int
    let priority: Int
    let dueAt: Instant
    var nextAt: Instant
    var state = State.due
    var list: Waitlist?
    var wasAsked = false
    var decisions = 0
  }

  struct Box {
    let id: DeviceID
    var limit: Int
    var isOnline = true
    var isTagged: Bool
    var queued = 0
    var room: Int { isOnline ? max(0, limit - queued) : 0 }
  }

  var contacts: [Person] = []
  var devices: [Box] = []
  var start: Instant
  var known: [Int] = []
  var members: [Waitlist: Set<Int>] = [:]

  /// A new process.
  mutating func forget() {
    known = []
    for index in contacts.indices { contacts[index].wasAsked = false }
  }

  /// The contacts that a cycle asks, in order.
  mutating func cycle(at now: Instant) -> [String] {
    var asked: [String] = []
    noteGains()
    while let index = nextOnList() { asked.append(ask(index, at: now)) }
    let due = contacts.indices.filter { contacts[$0].state != .queued && contacts[$0].nextAt <= now }
    for index in due.sorted(by: { (contacts[$0].nextAt, $0) < (contacts[$1].nextAt, $1) }) {
      asked.append(ask(index, at: now))
    }
    known = devices.map(\.room)
    return asked
  }

  private func devices(of list: Waitlist) -> Set<Int> {
    Set(
      devices.indices.filter { index in
        switch list {
        case .fleet: true
        case .device(let id): devices[index].id == id
        case .filter(let filter):
          (filter.tag == nil || devices[index].isTagged) && filter.except != devices[index].id
        }
      })
  }

  private func open(_ list: Waitlist) -> Set<Int> { devices(of: list).filter { devices[$0].room > 0 } }

  private mutating func noteGains() {
    let gained = Set(devices.indices.filter { devices[$0].room > (known.isEmpty ? 0 : known[$0]) })
    for list in Set(contacts.compactMap(\.list)).union(filters) {
      let now = open(list)
      var isGain = !gained.isDisjoint(with: now)
      if case .filter = list, !now.isSubset(of: members[list] ?? []) { isGain = true }
      members[list] = now
      guard isGain else { continue }
      for index in contacts.indices where contacts[index].list == list { contacts[index].wasAsked = false }
    }
  }

  private var filters: [Waitlist] {
    [.filter(DeviceFilter(tag: "vip"))] + devices.map { .filter(DeviceFilter(except: $0.id)) }
  }

  private func nextOnList() -> Int? {
    contacts.indices.filter { index in
      guard let list = contacts[index].list, !contacts[index].wasAsked else { return false }
      return !open(list).isEmpty
    }.min {
      (contacts[$0].priority, contacts[$0].dueAt, $0) < (contacts[$1].priority, contacts[$1].dueAt, $1)
    }
  }

  private mutating func ask(_ index: Int, at now: Instant) -> String {
    let contact = contacts[index]
    let wanted = wanted(by: contact, at: now)
    if let device = wanted.devices.first(where: { devices[$0].room > 0 }) {
      devices[device].queued += 1
      contacts[index].state = .queued
      contacts[index].list = nil
      contacts[index].decisions += 1
      return contact.id
    }
    let isRepeated = contact.state == .waiting && contact.list == wanted.list
    if !isRepeated { contacts[index].decisions += 1 }
    if !isRepeated || contact.nextAt <= now {
      let until = now.advanced(bySeconds: wanted.seconds)
      contacts[index].nextAt =
        wanted.list == nil ? until : WaitlistTimes.end(of: ContactID(stored: contact.id), until: until, now: now)
    }
    contacts[index].state = .waiting
    contacts[index].list = wanted.list
    contacts[index].wasAsked = true
    return contact.id
  }

  func wanted(by contact: Person, at now: Instant) -> (devices: [Int], list: Waitlist?, seconds: Int64) {
    let all = Array(devices.indices)
    let own = devices[contact.own].id
    switch contact.wish {
    case .own: return ([contact.own], .device(own), 100)
    case .any: return (all, .fleet, 200)
    case .tag: return (all.filter { devices[$0].isTagged }, .filter(DeviceFilter(tag: "vip")), 150)
    case .except: return (all.filter { $0 != contact.own }, .filter(DeviceFilter(except: own)), 150)
    case .late: return (now < start.advanced(bySeconds: 60) ? [] : all, .fleet, 100)
    case .clock: return (all, nil, 10)
    }
  }
}

/// A tenant of the store with its model.
private struct WaitlistWorld {
  var model: WaitlistModel
  var now = StoreFixture.now
  private let fixture: StoreFixture
  private let tenant: TenantKey
  /// One for each priority: a contact waits with the priority of its step.
  private let sequences: [Int64]
  private let generation: Int64
  private let name: String
  private var keys: [EnrolmentKey] = []
  private var deviceKeys: [DeviceKey] = []
  private var reopened: (store: any Store, epoch: LeaderEpoch)?

  /// Compares `count` worlds with the rule, over eight cycles each.
  static func run(_ count: Int, seed: UInt64, _ factory: StoreFactory) throws {
    var random = SeededRandom(seed: seed)
    let fixture = try StoreFixture(factory)
    var (asked, served) = (0, 0)
    for number in 0..<count {
      var world = try WaitlistWorld(number, in: fixture, &random)
      for cycle in 0..<8 {
        try world.change(&random)
        let expected = world.model.cycle(at: world.now)
        let found = try world.cycle()
        guard found == expected else {
          Issue.record("seed \(seed), world \(number), cycle \(cycle): expected \(expected), found \(found)")
          return
        }
        asked += found.count
        try world.expectSame("seed \(seed), world \(number), cycle \(cycle)")
        world.now = world.now.advanced(bySeconds: 30)
      }
      served += world.model.contacts.count { $0.state == .queued }
    }
    #expect(asked > 20 * count && served > 3 * count, "\(asked) asked, \(served) served")
    #expect(try fixture.store.integrity().isSound)
  }

  init(_ number: Int, in fixture: StoreFixture, _ random: inout SeededRandom) throws {
    (self.fixture, name) = (fixture, "w\(number)")
    let tenant = try fixture.tenant(name)
    self.tenant = tenant
    let epoch = try fixture.store.becomeLeader(processID: 1, at: now)
    generation = try fixture.store.activate([StoreFixture.revision], for: tenant, at: now, epoch: epoch)
    reopened = (fixture.store, epoch)
    sequences = try (0...2).map { priority in
      let key = try fixture.sequence("s\(priority)", tenant: tenant, delays: [0])
      try fixture.execute("UPDATE sequence_steps SET priority = ?1 WHERE sequence_id = ?2", [priority, key])
      return key
    }
    // Limits of bulk contacts have tests of their own.
    try fixture.execute("UPDATE tenants SET bulk_share = 100 WHERE id = ?1", [tenant.raw])
    model = WaitlistModel(start: now)
    for index in 0..<Int.random(in: 1...4, using: &random) {
      let isTagged = Bool.random(using: &random)
      let limit = Int.random(in: 0...2, using: &random)
      let id = "\(name)-D\(index)"
      deviceKeys.append(
        try fixture.device(id, tenant: tenant, queue: limit, tags: isTagged ? #"["vip"]"# : "[]"))
      model.devices.append(.init(id: DeviceID(stored: id), limit: limit, isTagged: isTagged))
    }
  }

  /// Arrivals, capacity, outages, tags, restarts.
  mutating func change(_ random: inout SeededRandom) throws {
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let dueAt = now.advanced(bySeconds: -Int64.random(in: 0...40, using: &random))
      let lead = "\(name)-L\(keys.count)"
      let priority = [0, 1, 1, 1, 2].randomElement(using: &random)!
      let key = try fixture.enrolment(lead, in: sequences[priority], tenant: tenant, dueAt: dueAt)
      keys.append(key)
      model.contacts.append(
        .init(
          id: "s\(priority)/\(lead)", wish: Wish.allCases.randomElement(using: &random)!,
          own: Int.random(in: 0..<model.devices.count, using: &random), priority: priority, dueAt: dueAt,
          nextAt: dueAt))
    }
    for (index, key) in deviceKeys.enumerated() where Int.random(in: 0..<3, using: &random) == 0 {
      model.devices[index].limit += Int.random(in: 0...2, using: &random)
      model.devices[index].isOnline = Int.random(in: 0..<5, using: &random) != 0
      model.devices[index].isTagged = Bool.random(using: &random)
      try fixture.execute(
        "UPDATE user_devices SET limit_queue = ?1, status = ?2, tags = ?3 WHERE id = ?4",
        [
          model.devices[index].limit, model.devices[index].isOnline ? "online" : "offline",
          model.devices[index].isTagged ? #"["vip"]"# : "[]", key.raw,
        ])
    }
    if Int.random(in: 0..<6, using: &random) == 0 {
      // A new epoch knows as little as a new process.
      reopened = (fixture.store, try fixture.store.becomeLeader(processID: 1, at: now))
      model.forget()
    }
  }

  func cycle() throws -> [String] {
    let model = model
    let (store, epoch) = reopened!
    let fleet = try store.read { snapshot in
      try snapshot.fleet(of: try snapshot.tenants().first { $0.key == tenant }!, at: now)
    }
    let contacts = Dictionary(uniqueKeysWithValues: model.contacts.map { ($0.id, $0) })
    let decider = WaitingDecider(fleet, generation: generation) { due, fleet in
      let wanted = model.wanted(by: contacts[due.contact.id.text]!, at: fleet.now)
      guard let list = wanted.list else {
        let commit = WaitingDecider.choose(wanted.devices, in: fleet, orWaitFor: .fleet, seconds: wanted.seconds)
        guard case .wait(var decision, let until) = commit else { return commit }
        decision.waitlist = nil
        return .wait(decision, until: until)
      }
      return WaitingDecider.choose(wanted.devices, in: fleet, orWaitFor: list, seconds: wanted.seconds)
    }
    // Small batches: a cycle's order does not depend on them.
    while true {
      let batch = try store.decide(tenant: tenant, limit: 5, at: now, epoch: epoch, with: { decider })
      if batch.asked < 5 { return decider.asked }
    }
  }

  func expectSame(_ place: Comment) throws {
    let rows = try fixture.rows(
      """
      SELECT c.external_id, c.status, coalesce(c.next_at, 0), (SELECT count(*) FROM decisions d
        WHERE d.sequence_contact_id = c.id) FROM sequence_contacts c WHERE c.tenant_id = \(tenant.raw) ORDER BY c.id
      """)
    let expected = model.contacts.map { contact in
      [
        contact.id, contact.state == .queued ? "queued" : contact.state == .waiting ? "waiting" : "scheduled",
        contact.state == .queued ? "0" : "\(contact.nextAt.milliseconds)", "\(contact.decisions)",
      ]
    }
    #expect(rows == expected, place)
  }
}
