import Foundation
import Routing
import RoutingTestKit
import Testing

/// Import and export through the store itself, with the history of real cycles.
struct StoreInterchangeTests {
  private let now = StoreFixture.now

  @Test(arguments: StoreFactory.all) func `the rows of cycles come out of a new store byte for byte`(
    factory: StoreFactory
  ) throws {
    let subject = try factory.make()
    let store = subject.store
    _ = try store.importFile(ByteSource(try StoreInterchangeTests.sample()), ImportOptions(now: now))
    try runCycles(store)
    let export = try store.exported()
    for type in ["decision", "message", "attempt", "assignment", "policy_activation"] {
      #expect(export.contains("{\"type\":\"\(type)\""), "the cycles made no \(type)")
    }

    let second = try factory.make()
    let copy = second.store
    let first = try copy.importFile(
      ByteSource(Array(export.utf8)), ImportOptions(now: Instant(milliseconds: 1)))
    #expect(first.warnings == [])
    #expect(try copy.exported() == export)
    let again = try copy.importFile(ByteSource(Array(export.utf8)), ImportOptions(now: now))
    #expect(!again.hasChanged)
    #expect(try copy.exported() == export)
  }

  @Test(arguments: StoreFactory.all) func `a copy continues where the store stopped`(factory: StoreFactory) throws {
    let subject = try factory.make()
    let store = subject.store
    _ = try store.importFile(ByteSource(try StoreInterchangeTests.sample()), ImportOptions(now: now))
    try runCycles(store)
    let second = try factory.make()
    let copy = second.store
    _ = try copy.importFile(ByteSource(Array(try store.exported().utf8)), ImportOptions(now: now))
    let later = now.advanced(bySeconds: 2 * 86_400)
    #expect(try due(in: copy, at: later) == due(in: store, at: later))
    #expect(try !due(in: copy, at: later).isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `a refused file leaves the store as it was, and the problem reaches the caller`(factory: StoreFactory) throws {
    let subject = try factory.make()
    let store = subject.store
    let file =
      "{\"type\":\"tenant\",\"id\":\"acme\"}\n{\"type\":\"device\",\"tenant\":\"nobody\",\"id\":\"D1\"}\n"
    let problem = try #require(throws: ImportProblem.self) {
      try store.importFile(ByteSource(Array(file.utf8)), ImportOptions(now: now))
    }
    #expect(problem.line == 2)
    #expect(try store.exported() == "")
  }

  @Test func `the same cycles on the same rows export the same from every engine`() throws {
    var exports: [String] = []
    for factory in StoreFactory.all {
      let subject = try factory.make()
      _ = try subject.store.importFile(ByteSource(try StoreInterchangeTests.sample()), ImportOptions(now: now))
      try runCycles(subject.store)
      exports.append(try subject.store.exported())
    }
    #expect(exports.allSatisfy { $0 == exports[0] })
  }

  private static func sample() throws -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return Array(try Data(contentsOf: root.appending(path: "Examples/sample/acme-and-globex.jsonl")))
  }

  /// Enrols all leads, makes odd contacts wait, queues the others on the devices in turn, and sends the messages that
  /// may leave.
  private func runCycles(_ store: any Store) throws {
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

  private func due(in store: any Store, at moment: Instant) throws -> [String] {
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
