import Delivery
import Foundation
import Policies
import PolicyTesting
import Routing
import Sequencing
import Stores

/// A whole instance over a real store with a clock that the test controls: cycles, and a sender with a fake gateway.
package final class TestInstance {
  package let folder: TestFolder
  package let store: any Store
  package let clock: ManualClock
  package let gateway: FakeGateway
  package let epoch: LeaderEpoch
  /// The factory's store, if a factory created it.
  private var subject: (any StoreUnderTest)?
  private let cycle: Cycle
  private let events = Events()

  /// The events that cycles reported, in order.
  package var said: [Cycle.Event] { events.all }

  private final class Events {
    private(set) var all: [Cycle.Event] = []
    func add(_ event: Cycle.Event) { all.append(event) }
  }
  private let sender: Sender

  package static let start = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  /// `files` are policies of the rules folder, by name without `.lua`.
  package convenience init(
    _ scenario: StoreScenario, files: [String: String] = [:], gateway: FakeGateway = FakeGateway(),
    at start: Instant = TestInstance.start, suspendAfter: Int = Cycle.suspendAfter
  ) throws {
    let folder = try TestInstance.folder(with: files)
    let store = try scenario.store(in: folder, at: start)
    try self.init(folder, store, gateway, at: start, processID: 1, suspendAfter: suspendAfter)
  }

  /// An instance with a store of the factory's engine.
  package convenience init(
    _ scenario: StoreScenario, on factory: StoreFactory, files: [String: String] = [:],
    gateway: FakeGateway = FakeGateway(), at start: Instant = TestInstance.start, suspendAfter: Int = Cycle.suspendAfter
  ) throws {
    let folder = try TestInstance.folder(with: files)
    let subject = try factory.make()
    _ = try subject.store.importFile(ByteSource(scenario.jsonLines), ImportOptions(now: start))
    try self.init(folder, subject.store, gateway, at: start, processID: 1, suspendAfter: suspendAfter)
    self.subject = subject
  }

  private static func folder(with files: [String: String]) throws -> TestFolder {
    let folder = TestFolder()
    for (name, source) in files { try folder.write(source, to: "Rules/\(name).lua") }
    return folder
  }

  /// A new process on the store of another instance, at its time: state in memory is lost.
  package convenience init(continuing other: TestInstance, suspendAfter: Int = Cycle.suspendAfter) throws {
    let store = try other.subject?.reopen(.readWrite) ?? Stores.open(other.store.path, mode: .readWrite)
    try self.init(
      other.folder, store, other.gateway, at: other.clock.now(), processID: 2, suspendAfter: suspendAfter)
    subject = other.subject
  }

  /// A process on a copy of another instance's store, at its time, with the same rules and a gateway that accepts.
  package convenience init(copying other: TestInstance) throws {
    let folder = TestFolder()
    let files = FileManager.default
    let rules = other.folder.file("Rules")
    if files.fileExists(atPath: rules) { try files.copyItem(atPath: rules, toPath: folder.file("Rules")) }
    // Nothing writes meanwhile; content that is not yet in the file is in its log.
    for suffix in ["", "-wal"] where files.fileExists(atPath: other.store.path + suffix) {
      try files.copyItem(atPath: other.store.path + suffix, toPath: folder.file("copy.db") + suffix)
    }
    let store = try Stores.open(folder.file("copy.db"), mode: .readWrite)
    try self.init(
      folder, store, FakeGateway(), at: other.clock.now(), processID: 3, suspendAfter: Cycle.suspendAfter)
  }

  /// A process on an open store.
  package init(
    _ folder: TestFolder, _ store: any Store, _ gateway: FakeGateway, at start: Instant, processID: Int32,
    suspendAfter: Int
  ) throws {
    (self.folder, self.store, self.gateway) = (folder, store, gateway)
    clock = ManualClock(start)
    epoch = try store.becomeLeader(processID: processID, at: start)
    cycle = Cycle(
      store: store,
      registry: PolicyRegistry(catalog: PolicyCatalog(rules: folder.file("Rules")), acceptance: StandardAcceptance()),
      epoch: epoch,
      stopwatch: { 0 }, suspendAfter: suspendAfter)
    sender = Sender(store: store, gateways: ["log": gateway], epoch: epoch, clock: clock)
  }

  /// Imports lines at the current time.
  package func take(_ change: StoreScenario) throws {
    _ = try store.importFile(.init(change.jsonLines), .init(now: clock.now()))
  }

  /// Enrols and decides.
  @discardableResult
  package func decide() throws -> CycleReport {
    try cycle.run(at: clock.now(), report: { [events] in events.add($0) })
  }

  /// Sends the messages that may be sent now.
  @discardableResult
  package func send() async throws -> SendCounts { try await sender.run() }

  /// Decides, sends, and advances the clock.
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
