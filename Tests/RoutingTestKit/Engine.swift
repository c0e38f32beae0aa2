import Delivery
import Persistence
import Policies
import Routing
import Sequencing

/// A whole engine over a real store under a clock of the test's: cycles, and a sender with a fake gateway.
package final class Engine {
  package let folder: TestFolder
  package let store: SQLiteStore
  package let clock: ManualClock
  package let gateway: FakeGateway
  package let epoch: LeaderEpoch
  private let cycle: Cycle
  private let events = Events()

  /// What the cycles had to say beside their counts, in order.
  package var said: [Cycle.Event] { events.all }

  private final class Events {
    private(set) var all: [Cycle.Event] = []
    func add(_ event: Cycle.Event) { all.append(event) }
  }
  private let sender: Sender

  package static let start = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  /// `files` are policies of the rules folder, by name without `.lua`.
  package init(
    _ scenario: StoreScenario, files: [String: String] = [:], gateway: FakeGateway = FakeGateway(),
    at start: Instant = Engine.start, suspendAfter: Int = Cycle.suspendAfter
  ) throws {
    folder = TestFolder()
    for (name, source) in files { try folder.write(source, to: "Rules/\(name).lua") }
    store = try scenario.store(in: folder, at: start)
    clock = ManualClock(start)
    self.gateway = gateway
    epoch = try store.becomeLeader(processID: 1, at: start)
    cycle = Cycle(
      store: store, board: PolicyBoard(catalog: PolicyCatalog(rules: folder.file("Rules"))), epoch: epoch,
      stopwatch: { 0 }, suspendAfter: suspendAfter, report: { [events] in events.add($0) })
    sender = Sender(store: store, gateways: ["log": gateway], epoch: epoch, clock: clock)
  }

  /// A new process on the store of another engine, at its time: what was in memory is gone.
  package init(continuing other: Engine, suspendAfter: Int = Cycle.suspendAfter) throws {
    (folder, gateway) = (other.folder, other.gateway)
    store = try SQLiteStore.open(at: other.store.path, mode: .readWrite)
    clock = ManualClock(other.clock.now())
    epoch = try store.becomeLeader(processID: 2, at: clock.now())
    cycle = Cycle(
      store: store, board: PolicyBoard(catalog: PolicyCatalog(rules: folder.file("Rules"))), epoch: epoch,
      stopwatch: { 0 }, suspendAfter: suspendAfter, report: { [events] in events.add($0) })
    sender = Sender(store: store, gateways: ["log": gateway], epoch: epoch, clock: clock)
  }

  /// Enrols and decides.
  @discardableResult
  package func decide() throws -> CycleReport { try cycle.run(at: clock.now()) }

  /// Sends what may be sent now.
  @discardableResult
  package func send() async throws -> SendCounts { try await sender.run() }

  /// Decides, sends, and lets time pass.
  @discardableResult
  package func step(seconds: Int64) async throws -> CycleReport {
    var report = try decide()
    report.add(try await send())
    clock.advance(seconds: seconds)
    return report
  }

  package func contact(_ id: String, of tenant: String = "acme") throws -> ContactDetails {
    try store.contact(ContactID(id)!, of: TenantID(tenant)!)
  }
}
