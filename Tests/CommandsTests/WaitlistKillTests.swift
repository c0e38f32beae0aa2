import Foundation
import Routing
import Testing
import Wire

extension Slow {
  /// A crash loses no place on a waitlist. `--filter WaitlistKillTests` runs only this test; USHER_SEED repeats a run.
  struct WaitlistKillTests {
    private static let count = 1500
    private let seed =
      ProcessInfo.processInfo.environment["USHER_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)

    /// Six devices with places for four messages each, so that most contacts wait.
    private var lines: [JSONValue] {
      let devices = (1...6).map { number -> JSONValue in
        [
          "type": "device", "tenant": "acme", "id": .string("D\(number)"), "name": .string("Phone \(number)"),
          "status": "online", "limits": ["queue": 4], "pace_s": [0.02, 0.04],
        ]
      }
      let leads = (0..<Self.count).map { JSONValue.lead($0, device: nil) }
      return [.tenant("acme")] + devices + [.sequence()] + leads
    }

    @Test func `a daemon killed twenty times serves its waitlist once each, and in order (I-12, I-72)`() throws {
      var random = SeededRandom(seed: seed)
      let comment = Comment(rawValue: "USHER_SEED=\(seed)")
      let store = try TestStore(lines)
      // Puts all but 24 contacts on the waitlist.
      try store.usher("tick", "--no-send")
      var waits = 0
      for round in 0..<20 {
        let process = try store.serve()
        try process.says(" started ")
        usleep(UInt32.random(in: 0...150, using: &random) * 1000)
        process.signal(SIGKILL)
        #expect(try process.end().code == -SIGKILL, comment)
        guard round % 5 == 4 else { continue }
        try store.expectSound(comment)
        if try store.states()["waiting"]! > 0 { waits += 1 }
      }
      // Otherwise the kills hit a process without a waitlist, and the test would prove nothing.
      #expect(waits >= 2, comment)
      let process = try store.serve()
      try eventually("every enrolment is completed; USHER_SEED=\(seed)") {
        usleep(200_000)
        return try store.states()["completed"] == Self.count
      }
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
      try store.expectSound(comment)

      let export = try store.export()
      let served = export.rows("decision").filter { $0["outcome"] == "use" }.map { $0["lead"].text ?? "?" }
      #expect(served == (0..<Self.count).map { "L\($0)" }, comment)
      #expect(export.rows("message").count == Self.count, comment)
      let waited = export.rows("decision").filter { $0["outcome"] == "wait" }.map { $0["lead"].text ?? "?" }
      // A process that begins asks whom capacity reaches once more; an answer equal to the last one is not recorded.
      #expect(Set(waited).count == waited.count, comment)
    }
  }
}
