import Foundation
import Routing
import Testing
import Wire

extension Slow {
  /// A crash at any time loses nothing and sends nothing twice. `--filter KillTests` runs only this test; USHER_SEED
  /// repeats a run.
  struct KillTests {
    private let seed =
      ProcessInfo.processInfo.environment["USHER_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
    private let leads = (acme: 2500, globex: 500)

    @Test func `a daemon killed forty times sends every step once and loses none (I-12, I-19, I-44)`() throws {
      var random = SeededRandom(seed: seed)
      let comment = Comment(rawValue: "USHER_SEED=\(seed)")
      let store = try TestStore(lines)
      var progress = 0
      for round in 0..<40 {
        let before = sentSize(store)
        try killAtSomeMoment(store, round, &random)
        if sentSize(store) > before { progress += 1 }
        if round % 8 == 7 {
          try store.expectSound(comment)
          let states = try store.states()
          #expect(states["enrolments"] == states.total, comment)
        }
      }
      // Otherwise the kills hit an idle process, and the test would prove nothing.
      #expect(progress >= 10, comment)
      try runToTheEnd(store)

      let states = try store.states()
      #expect(
        states == [
          "enrolments": 3000, "completed": 3000, "scheduled": 0, "waiting": 0, "queued": 0,
          "failed": 0, "cancelled": 0,
        ], comment)
      try expectOnce(store, comment)
      try store.expectSound(comment)
      let parts = try store.usher("report", "mismatches", "--format", "json").json()["parts"]
      #expect(parts["mismatch"] == 0, comment)
      #expect(parts["total"] == 9000, comment)
    }

    /// Devices without a pace keep the batches full, paced ones produce messages until the last kill.
    private var lines: [JSONValue] {
      let devices = (1...6).flatMap { number -> [JSONValue] in
        [
          .device("D\(number)", hour: 1_000_000),
          .device("D\(number)", of: "globex", hour: 1_000_000, pace: [0.01, 0.05]),
        ]
      }
      let people = [("acme", leads.acme), ("globex", leads.globex)].flatMap { tenant, count in
        (0..<count).map { JSONValue.lead($0, of: tenant, device: "D\($0 % 6 + 1)") }
      }
      return [.tenant("acme"), .tenant("globex", policy: "reassign")] + devices
        + [.sequence(delays: [0, 1, 2]), .sequence(of: "globex", delays: [0, 1, 2])] + people
    }

    /// At a random time after the start, during sending, or around the end of a cycle.
    private func killAtSomeMoment(_ store: TestStore, _ round: Int, _ random: inout SeededRandom) throws {
      let process = try store.serve()
      let milliseconds = UInt32.random(in: 10...300, using: &random)
      switch round % 3 {
      case 0:
        usleep(milliseconds * 1000)
      case 1:
        let size = sentSize(store) + Int.random(in: 1...100_000, using: &random)
        try? eventually("the log of sent messages grows", atMost: 1.5) { sentSize(store) >= size }
      default:
        try? eventually("a cycle ends", atMost: 1.5) { process.stderr.contains(" cycle ") }
        usleep(milliseconds * 100)
      }
      process.signal(SIGKILL)
      let outcome = try process.end()
      #expect(outcome.code == -SIGKILL, "USHER_SEED=\(seed), round \(round): \(outcome)")
    }

    private func runToTheEnd(_ store: TestStore) throws {
      let process = try store.serve()
      try eventually("every enrolment is completed; USHER_SEED=\(seed)") {
        usleep(200_000)
        return try store.states()["completed"] == leads.acme + leads.globex
      }
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
    }

    private func expectOnce(_ store: TestStore, _ comment: Comment) throws {
      let log = try Data(contentsOf: URL(fileURLWithPath: store.sentLog))
      var sent: [String: Int] = [:]
      for line in log.split(separator: UInt8(ascii: "\n")) {
        // A line that a kill truncated was not sent: the gateway treats it so, and so does the count below.
        guard let row = try? JSONParser.parse(Array(line)) else { continue }
        sent["\(row["tenant"].text!) \(row["contact"].text!) \(row["step"].whole!)", default: 0] += 1
      }
      let export = try store.export()
      var rows: [String: Int] = [:]
      for row in export.rows("message") {
        rows["\(row["tenant"].text!) \(Export.contact(row)) \(row["step"].whole!)", default: 0] += 1
      }
      let accepted = export.rows("attempt").filter { $0["outcome"] == "accepted" }
      #expect(sent.values.allSatisfy { $0 == 1 }, comment)
      #expect(rows.values.allSatisfy { $0 == 1 }, comment)
      #expect(Set(sent.keys) == Set(rows.keys), comment)
      #expect(sent.count == 9000, comment)
      #expect(accepted.count == sent.count, comment)
      #expect(export.rows("message").allSatisfy { $0["status"] == "sent" }, comment)
    }

    private func sentSize(_ store: TestStore) -> Int {
      var status = stat()
      return stat(store.sentLog, &status) == 0 ? Int(status.st_size) : 0
    }
  }
}

extension [String: Int] {
  /// The sum of the states of enrolments.
  fileprivate var total: Int {
    filter { $0.key != "enrolments" }.values.reduce(0, +)
  }
}
