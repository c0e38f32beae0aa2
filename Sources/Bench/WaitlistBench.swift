import CBaseline
import Foundation
import Policies
import PolicyTesting
import Routing
import Sequencing
import Stores

/// Measures cycles over many contacts on the waitlist of one device: without capacity, and with capacity for a hundred.
package struct WaitlistBench {
  /// The shipped policy that decides: it uses the contact's own device alone.
  package static let policy = "strict"
  /// Devices of the fleet; all contacts wait for the first.
  package static let devices = 100
  /// The messages for which the device gets capacity.
  package static let capacity = 100

  private static let now = Instant(rfc3339: "2026-01-01T00:00:10Z")!
  private static let tenant = "bench"

  private let contacts: Int
  private let rounds: Int

  /// The number of waiting contacts, and how often each cycle is measured.
  package init(contacts: Int, rounds: Int) { (self.contacts, self.rounds) = (contacts, rounds) }

  /// Works in its own temporary folder, which is removed afterwards.
  package func run() throws -> WaitlistResult {
    let folder = try Scratch("waitlist")
    let path = folder.path("waitlist.db")
    let store = try Stores.create(path)
    guard try store.importFile(lines(), ImportOptions(now: WaitlistBench.now)).badLineCount == 0 else {
      throw BenchFailure("the store of the waitlist could not be filled")
    }
    let epoch = try store.becomeLeader(processID: getpid(), at: WaitlistBench.now)
    let cycle = Cycle(
      store: store, registry: PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance()),
      epoch: epoch, stopwatch: { Double(baseline_wall_ns()) / 1e6 })
    // Loads the policy, as after a start.
    _ = try cycle.run(at: WaitlistBench.now)
    var (without, with): ([Double], [Double]) = ([], [])
    var decided = 0
    for round in 1...rounds {
      let at = WaitlistBench.now.advanced(bySeconds: Int64(round) * 2)
      let size = logSize(path)
      without.append(try measure { try expect(0, cycle.run(at: at).decided) })
      guard logSize(path) == size else { throw BenchFailure("a cycle without capacity wrote to the store") }
      try setLimit(WaitlistBench.capacity * round, in: store)
      with.append(
        try measure {
          decided = try cycle.run(at: at.advanced(bySeconds: 1)).decided
          try expect(WaitlistBench.capacity, decided)
        })
    }
    return WaitlistResult(
      contacts: contacts, decided: decided, withoutCapacity: without.median, withCapacity: with.median)
  }

  /// Elapsed time in milliseconds.
  private func measure(_ body: () throws -> Void) throws -> Double {
    let start = baseline_wall_ns()
    try body()
    return Double(baseline_wall_ns() - start) / 1e6
  }

  private func expect(_ expected: Int, _ found: Int) throws {
    guard found == expected else {
      throw BenchFailure("expected a cycle to record \(expected) decisions, found \(found); the measurement is void")
    }
  }

  /// Bytes of the store's log, to which every write appends.
  private func logSize(_ path: String) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int) ?? 0
  }

  private func setLimit(_ queue: Int, in store: any Store) throws {
    let line = #"{"type":"device","tenant":"\#(WaitlistBench.tenant)","id":"D1","limits":{"queue":\#(queue)}}"# + "\n"
    guard
      try store.importFile(ByteSource(Array(line.utf8)), ImportOptions(now: WaitlistBench.now)).badLineCount == 0
    else { throw BenchFailure("the limit of the device could not be changed") }
  }

  // MARK: - The store

  private func lines() -> ByteSource {
    var next = 0
    return ByteSource {
      if next == 0 {
        next = 1
        return Array(setup.utf8)
      }
      guard next <= contacts else { return nil }
      let end = min(next + 1000, contacts + 1)
      let text = (next..<end).map(contact).joined()
      next = end
      return Array(text.utf8)
    }
  }

  private var setup: String {
    let tenant = WaitlistBench.tenant
    let devices = (1...WaitlistBench.devices).map { number in
      #"{"type":"device","tenant":"\#(tenant)","id":"D\#(number)","limits":{"queue":\#(number == 1 ? 0 : 1000)}}"#
        + "\n"
    }
    return """
      {"type":"tenant","id":"\(tenant)","policy":"\(WaitlistBench.policy)"}
      \(devices.joined())\
      {"type":"sequence","tenant":"\(tenant)","id":"welcome","name":"Welcome","steps":[{"delay_s":0,"content":"Hi"}]}

      """
  }

  private func contact(_ number: Int) -> String {
    let tenant = WaitlistBench.tenant
    return """
      {"type":"lead","tenant":"\(tenant)","id":"L\(number)","phone":"+60\(100_000_000 + number)","name":"Lead \(number)"}
      {"type":"enrolment","tenant":"\(tenant)","sequence":"welcome","lead":"L\(number)","assigned_device":"D1",\
      "status":"waiting","reason":"owner unavailable","due_at":"2026-01-01T00:00:00Z",\
      "next_at":"2026-01-02T00:00:00Z","waitlist":{"device":"D1"}}

      """
  }
}

/// Two cycles over a store with many waiting contacts, in milliseconds. The medians over the rounds.
package struct WaitlistResult: Sendable {
  /// Contacts on the waitlist.
  package let contacts: Int
  /// Decisions of the cycle with capacity.
  package let decided: Int
  /// Elapsed time of a cycle in which no device of the waitlist can accept a message. It writes nothing.
  package let withoutCapacity: Double
  /// Elapsed time of a cycle with capacity for a hundred messages.
  package let withCapacity: Double
}
