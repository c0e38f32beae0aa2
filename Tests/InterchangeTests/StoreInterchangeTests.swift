import Foundation
import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Import and export through the store itself, with the history that real cycles leave.
struct StoreInterchangeTests {
  private let now = TestStore.now

  @Test func `what cycles have left comes out of a new store byte for byte`() throws {
    let folder = try Folder()
    let store = try SQLiteStore.create(at: folder.path("one.sqlite"))
    _ = try store.importFile(ByteSource(try SampleTests.sample()), ImportOptions(now: now))
    try runCycles(store)
    let export = try text(of: store)
    for type in ["decision", "message", "attempt", "assignment", "policy_activation"] {
      #expect(export.contains("{\"type\":\"\(type)\""), "the cycles made no \(type)")
    }

    let copy = try SQLiteStore.create(at: folder.path("two.sqlite"))
    let first = try copy.importFile(
      ByteSource(Array(export.utf8)), ImportOptions(now: Instant(milliseconds: 1)))
    #expect(first.warnings == [])
    #expect(try text(of: copy) == export)
    let second = try copy.importFile(ByteSource(Array(export.utf8)), ImportOptions(now: now))
    #expect(!second.hasChanged)
    #expect(try text(of: copy) == export)
  }

  @Test func `a copy goes on where the store stopped`() throws {
    let folder = try Folder()
    let store = try SQLiteStore.create(at: folder.path("one.sqlite"))
    _ = try store.importFile(ByteSource(try SampleTests.sample()), ImportOptions(now: now))
    try runCycles(store)
    let copy = try SQLiteStore.create(at: folder.path("two.sqlite"))
    _ = try copy.importFile(ByteSource(Array(try text(of: store).utf8)), ImportOptions(now: now))
    let later = now.advanced(bySeconds: 2 * 86_400)
    #expect(try due(in: copy, at: later) == due(in: store, at: later))
    #expect(try !due(in: copy, at: later).isEmpty)
  }

  @Test func `a refused file leaves the store as it was, and the problem reaches the caller`() throws {
    let folder = try Folder()
    let store = try SQLiteStore.create(at: folder.path("one.sqlite"))
    let file =
      "{\"type\":\"tenant\",\"id\":\"acme\"}\n{\"type\":\"device\",\"tenant\":\"nobody\",\"id\":\"D1\"}\n"
    let problem = try #require(throws: ImportProblem.self) {
      try store.importFile(ByteSource(Array(file.utf8)), ImportOptions(now: now))
    }
    #expect(problem.line == 2)
    #expect(try text(of: store) == "")
  }

  /// Enrols everybody, has odd contacts wait and queues the others on device after device, and sends what may be sent.
  private func runCycles(_ store: SQLiteStore) throws {
    let epoch = try store.becomeLeader(processID: 1, at: now)
    let digest = HistoryLines.digest
    let revision = PolicyRevision(
      policy: "assigned", digest: digest, source: "return {}", parameters: [Parameter("w", .integer(900))])
    for tenant in try store.read({ try $0.tenants() }) {
      try store.activate([revision], for: tenant.key, at: now, epoch: epoch)
      let fleet = try store.read { try $0.fleet(of: tenant, at: now) }
      let keys = Dictionary(uniqueKeysWithValues: fleet.members.map { ($0.device.id, $0.device.key) })
      _ = try store.enrol(tenant: tenant.key, limit: 100, at: now, epoch: epoch) { lead in
        .enrol(device: lead.device.flatMap { keys[$0] }, reason: "the lead's device")
      }
      var turn = 0
      let origin = DecisionOrigin(policy: "assigned", revision: digest)
      _ = try store.decide(tenant: tenant.key, limit: 100, at: now, epoch: epoch) { step in
        turn += 1
        let seed = SeededRandom.seed(contact: step.contact.id, step: step.contact.step, at: now)
        if turn % 3 == 0 {
          let until = now.advanced(bySeconds: 300)
          let decision = Decision(
            resolution: .wait(until: until), reason: "third", origin: origin, seed: seed,
            remarks: DecisionRemarks(
              fault: turn % 2 == 0 ? Fault(.runtime, "boom", line: 3) : nil, notes: ["a", "b"]))
          return .wait(decision, until: until)
        }
        let device = turn % fleet.members.count
        let decision = Decision(
          resolution: .move(device: device), reason: "turn", origin: origin, seed: seed)
        return .queue(
          decision, device: fleet.members[device].device.key, moves: turn % 2 == 0, content: step.content)
      }
    }
    let claimed = try store.claim(
      limit: 100, at: now, leaseUntil: now.advanced(bySeconds: 60), epoch: epoch, draw: { _ in 0.5 })
    let outcomes: [SendOutcome] = [
      .accepted(gatewayID: "g"), .refused(reason: "no such number"), .unknown(reason: "timed out"),
      .deviceFault(reason: "rate", pauseSeconds: 60),
    ]
    // One stays in flight.
    let results = claimed.dropLast().enumerated().map {
      SendResult(message: $0.element, outcome: outcomes[$0.offset % outcomes.count])
    }
    _ = try store.finish(results, at: now.advanced(bySeconds: 1), epoch: epoch)
  }

  private func text(of store: SQLiteStore) throws -> String {
    var bytes: [UInt8] = []
    try store.exportFile { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func due(in store: SQLiteStore, at moment: Instant) throws -> [String] {
    try store.readHistory { snapshot in
      var due: [String] = []
      for tenant in try snapshot.tenants() {
        try snapshot.visitDue(tenant: tenant.key, limit: 1000, at: moment) { step in
          due.append("\(step.contact) \(step.content) \(step.isOptedOut)")
        }
      }
      return due
    }
  }
}

/// A folder that is gone after the test.
private final class Folder {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "usher-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}
