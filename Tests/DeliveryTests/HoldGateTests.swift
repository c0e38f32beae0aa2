import Delivery
import Foundation
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Stores
import Synchronization
import Testing

/// How a sender reacts to a hold that begins while it sends.
struct HoldGateTests {
  /// An instance that has decided, and a sender that checks for holds like a process that runs on the store.
  private final class Scene {
    let engine: TestInstance
    let sender: Sender
    let process: any RunningProcess
    private let lock: any ProcessLock

    init(_ scenario: StoreScenario, _ gateway: FakeGateway) throws {
      engine = try TestInstance(scenario, gateway: gateway)
      lock = try Stores.lock(engine.store.path, waits: { _ in })
      process = try lock.start(on: engine.store, every: nil)
      sender = Sender(
        store: engine.store, gateways: ["log": gateway], epoch: engine.epoch, clock: engine.clock, gate: process)
      try engine.decide()
    }

    var path: String { engine.store.path }
    var contacts: [String] { (1...10).map { "welcome/L\($0)" } }

    func statuses(of tenant: String = "acme") throws -> [MessageStatus] {
      try contacts.flatMap { try engine.contact($0, of: tenant).messages.map(\.status) }
    }
  }

  private static func scenario(_ tenants: [String] = ["acme"]) -> StoreScenario {
    var scenario = StoreScenario()
    for tenant in tenants {
      scenario.tenant(tenant, policy: "assigned")
      scenario.device("D1", of: tenant)
      scenario.sequence(of: tenant)
      for lead in 1...10 { scenario.lead(lead, of: tenant, device: "D1") }
    }
    return scenario
  }

  private static func stop(_ path: String, tenant: String? = nil) throws -> StopOutcome {
    try SendingStop(store: path, waitMilliseconds: 60_000, clock: FixedClock(TestInstance.start)).run(
      SendingHold(tenant: tenant.flatMap { TenantID($0) }, reason: "outage", actor: "ann", at: TestInstance.start))
  }

  /// A gateway during whose third message an operator begins a hold and waits for the acknowledgement.
  private func gateway(_ tenant: String? = nil) -> (FakeGateway, path: PathBox, outcome: OutcomeBox) {
    let (path, outcome, count) = (PathBox(), OutcomeBox(), Counter())
    let gateway = FakeGateway(outcome: { message in
      if count.next() == 3 { outcome.set(Result { try HoldGateTests.stop(path.value, tenant: tenant) }) }
      return .accepted(gatewayID: nil)
    })
    return (gateway, path, outcome)
  }

  @Test
  func `a hold that begins between two messages stops the rest of the claim, and counts the messages with the gateway`()
    async throws
  {
    let (gateway, path, outcome) = gateway()
    let scene = try Scene(Self.scenario(), gateway)
    path.value = scene.path
    _ = try await scene.sender.run()
    #expect(gateway.sent.count == 3)
    guard case .acknowledged(_, 1) = try outcome.get().certainty else {
      Issue.record("expected an acknowledgement with one message, found \(try outcome.get())")
      return
    }
    #expect(try scene.statuses().count { $0 == .sent } == 3)
    #expect(try scene.statuses().count { $0 == .pending } == 7)
    _ = try await scene.sender.run()
    #expect(gateway.sent.count == 3, "a hold in force keeps everything back")
    // Attempts that were not made are not counted.
    let line = try #require(try scene.engine.store.devices(at: scene.engine.clock.now()).lines.first)
    #expect(line.sums.sentHour == 3)
    let fleet = try scene.engine.store.read { snapshot in
      try snapshot.fleet(of: try snapshot.tenants()[0], at: scene.engine.clock.now())
    }
    #expect(fleet.members[0].load.failuresHour == 0)
    _ = try scene.engine.store.releaseHold(of: nil, reason: "over", actor: "ann", at: TestInstance.start)
    _ = try await scene.sender.run()
    #expect(gateway.sent.count == 10)
    #expect(Set(gateway.sent.map(\.contact)).count == 10, "each is sent once")
    #expect(try scene.statuses().allSatisfy { $0 == .sent })
    #expect(try scene.engine.store.integrity().isSound)
  }

  @Test func `a hold of one tenant stops only that tenant's messages`() async throws {
    let (gateway, path, outcome) = gateway("acme")
    let scene = try Scene(Self.scenario(["acme", "globex"]), gateway)
    path.value = scene.path
    _ = try await scene.sender.run()
    _ = try await scene.sender.run()
    _ = try outcome.get()
    #expect(gateway.sent.count { $0.tenant.text == "acme" } <= 3)
    #expect(gateway.sent.count { $0.tenant.text == "globex" } == 10)
    #expect(try scene.statuses(of: "globex").allSatisfy { $0 == .sent })
  }

  @Test(arguments: ["", "{", "{\"holds\":[]}", "{\"holds\":[{\"tenant\":null}]}", "[]", "\u{0}"])
  func `a hold file that cannot be read stops everything`(text: String) async throws {
    let scene = try Scene(Self.scenario(), FakeGateway())
    try scene.engine.folder.write(text, to: "usher.db.hold")
    let file = HoldFile(of: scene.path)
    #expect(file.path.hasSuffix(".hold"))
    try #require(file.isThere, "the scenario's store has another name than usher.db")
    _ = try await scene.sender.run()
    #expect(scene.engine.gateway.sent.isEmpty)
    let hold = try #require(try scene.engine.store.holds().first)
    #expect(hold.kind == .unreadable)
    #expect(hold.sentence.contains(file.path) && hold.sentence.contains("usher release"))
    _ = try scene.engine.store.releaseHold(of: nil, reason: "over", actor: "ann", at: TestInstance.start)
    #expect(!file.isThere)
    _ = try await scene.sender.run()
    #expect(scene.engine.gateway.sent.count == 10)
  }

  @Test func `a hold file stops sending without a row, and becomes a row when the store can be written`() async throws {
    let scene = try Scene(Self.scenario(), FakeGateway())
    let file = HoldFile(of: scene.path)
    let hold = SendingHold(tenant: nil, reason: "outage", actor: "ann", at: TestInstance.start)
    #expect(try file.add(hold).hold == hold)
    _ = try await scene.sender.run()
    #expect(scene.engine.gateway.sent.isEmpty)
    #expect(!file.isThere, "the sender has put it into the store")
    #expect(try scene.engine.store.holds() == [hold])
  }

  @Test func `of a claim made before a tenant's hold, other tenants' messages may still be sent`()
    async throws
  {
    let scene = try Scene(Self.scenario(["acme", "globex"]), FakeGateway())
    let claimed = try scene.engine.store.claim(
      limit: 100, at: scene.engine.clock.now(), leaseUntil: scene.engine.clock.now().advanced(bySeconds: 60),
      epoch: scene.engine.epoch, draw: { _ in 0 })
    #expect(claimed.count == 20)
    guard case .acknowledged(_, 0) = try Self.stop(scene.path, tenant: "globex").certainty else {
      Issue.record("expected an acknowledgement")
      return
    }
    #expect(claimed.filter { scene.process.admit($0) != nil }.allSatisfy { $0.tenant.text == "globex" })
    #expect(claimed.count { scene.process.admit($0) != nil } == 10)
  }

  @Test(arguments: ["deleted", "replaced"])
  func `a process whose lock file is gone sends nothing and stops`(what: String) async throws {
    let (path, count) = (PathBox(), Counter())
    let gateway = FakeGateway(outcome: { _ in
      if count.next() == 3 {
        rename(path.value + ".lock", path.value + ".away")
        if what == "replaced" { close(open(path.value + ".lock", O_CREAT | O_RDWR, 0o600)) }
      }
      return .accepted(gatewayID: nil)
    })
    let scene = try Scene(Self.scenario(), gateway)
    path.value = scene.path
    for _ in 0..<2 {
      do {
        _ = try await scene.sender.run()
        Issue.record("the process did not stop")
      } catch StoreError.lockLost(let text) {
        #expect(text.contains("the lock file \(path.value).lock was deleted or replaced"), "\(text)")
      }
    }
    #expect(gateway.sent.count == 3)
    #expect(try scene.statuses().count { $0 == .sent } == 3, "sent messages are recorded")
    #expect(try scene.statuses().count { $0 == .pending } == 7)
  }

  @Test func `a hold is uncertain while messages are claimed and no process is visible, and its file stays`() throws {
    let engine = try TestInstance(Self.scenario(), gateway: FakeGateway())
    try engine.decide()
    _ = try engine.store.claim(
      limit: 4, at: engine.clock.now(), leaseUntil: TestInstance.start.advanced(bySeconds: 60), epoch: engine.epoch,
      draw: { _ in 0 })
    let path = engine.store.path
    #expect(try Self.stop(path).certainty == .unseen(leased: 4))
    #expect(HoldFile(of: path).isThere, "a process that is not visible must find the hold file")
    let later = SendingStop(
      store: path, waitMilliseconds: 0, clock: FixedClock(TestInstance.start.advanced(bySeconds: 61)))
    let outcome = try later.run(SendingHold(tenant: nil, reason: "outage", actor: "ann", at: TestInstance.start))
    #expect(outcome.certainty == .nothingRuns(claimed: 4))
    #expect(!HoldFile(of: path).isThere)
  }

  final class PathBox: Sendable {
    private let box = Mutex("")
    var value: String {
      get { box.withLock { $0 } }
      set { box.withLock { $0 = newValue } }
    }
  }

  final class OutcomeBox: Sendable {
    struct NotSet: Error {}
    private let box = Mutex<Result<StopOutcome, any Error>>(.failure(NotSet()))
    func set(_ result: Result<StopOutcome, any Error>) { box.withLock { $0 = result } }
    func get() throws -> StopOutcome { try box.withLock { $0 }.get() }
  }

  final class Counter: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }
}
