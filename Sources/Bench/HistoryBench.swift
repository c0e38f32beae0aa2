import CBaseline
import Foundation
import Policies
import Routing
import Stores

/// Measures what a long history costs: the same work on a store with many sent messages and on one without them, both with
/// the same due contacts.
package struct HistoryBench {
  /// The reports and reads that are measured, in the order of the results.
  package static let reads = [
    "top", "report sequences", "report devices", "report mismatches", "contact", "policy list", "doctor",
  ]
  /// Messages of the window of the report on mismatches.
  private static let window = 50_000
  private static let batch = 1000

  private let contacts: Int
  private let messages: Int
  private let rounds: Int
  /// The store with the history is kept here, and used if it exists.
  private let kept: String?

  /// `messages` is the length of the history. `kept` names a file for the store with the history; nil makes it anew.
  package init(contacts: Int, messages: Int, rounds: Int, kept: String? = nil) {
    (self.contacts, self.messages, self.rounds, self.kept) = (contacts, messages, rounds, kept)
  }

  /// CPU times in milliseconds by name, in the order of the results.
  private typealias Times = [(name: String, milliseconds: Double)]

  /// Works in its own temporary folder, which is removed afterwards. Calls `progress` with the number of messages written.
  package func run(progress: (Int) -> Void = { _ in }) throws -> [HistoryResult] {
    let folder = try Scratch("history")
    let seed = try CycleSeed(contacts: contacts, .plain, in: folder.url)
    let long = try long(seed, folder, progress)
    let empty = try HistoryBench.copy(seed.path, to: folder.path("empty.db"))
    var (short, full): ([Times], [Times]) = ([], [])
    for _ in 0..<rounds {
      short.append(try reads(empty, seed))
      full.append(try reads(long, seed))
    }
    let copied = try HistoryBench.copy(long, to: folder.path("long.db"))
    let writes = (empty: try writes(empty, seed), long: try writes(copied, seed))
    return results([writes.empty], [writes.long]) + results(short, full)
  }

  private func results(_ empty: [Times], _ long: [Times]) -> [HistoryResult] {
    empty[0].indices.map { place in
      HistoryResult(
        work: empty[0][place].name, contacts: contacts, messages: messages,
        empty: empty.map { $0[place].milliseconds }.median, long: long.map { $0[place].milliseconds }.median)
    }
  }

  private func long(_ seed: CycleSeed, _ folder: Scratch, _ progress: (Int) -> Void) throws -> String {
    let path = kept ?? folder.path("history.db")
    if let kept, FileManager.default.fileExists(atPath: kept) {
      let count = try HistoryBench.count("SELECT count(*) FROM broadcast_messages", in: kept)
      let due = try HistoryBench.count("SELECT count(*) FROM sequence_contacts WHERE id <= \(contacts)", in: kept)
      guard count == messages, due == contacts else {
        throw BenchFailure(
          "expected a store with \(messages) sent messages in \(kept), found \(count): name another file, or delete it")
      }
      return path
    }
    _ = try HistoryBench.copy(seed.path, to: path)
    try HistorySeed(seed, at: path).fill(messages: messages, progress: progress)
    return path
  }

  private static func count(_ sql: String, in path: String) throws -> Int {
    var value: Int64 = 0
    try BenchFailure.catching(path) { error in baseline_read_row(path, sql, &value, 1, error) ? () : nil }
    return Int(value)
  }

  private static func copy(_ seed: String, to path: String) throws -> String {
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: seed + suffix) {
      try FileManager.default.copyItem(atPath: seed + suffix, toPath: path + suffix)
    }
    return path
  }

  // MARK: - Measuring

  private func reads(_ path: String, _ seed: CycleSeed) throws -> Times {
    let store = try Stores.open(path, mode: .readOnly)
    let (tenant, contact) = (TenantID("bench")!, ContactID("welcome/L1")!)
    let work: [() throws -> Void] = [
      { _ = try store.watch(stopwatch: { 0 }).look(at: seed.now) },
      { _ = try store.sequences() },
      { _ = try store.devicesNow(at: seed.now) },
      {
        let since = try store.lastMessages(HistoryBench.window)?.oldest
        _ = try store.mismatches(since: since, tenant: nil)
      },
      { _ = try store.contact(contact, of: tenant, decisionLimit: 50) },
      { _ = try store.policyStatuses() },
      { _ = try store.facts() },
    ]
    return try zip(HistoryBench.reads, work).map { name, body in (name, try HistoryBench.time(body)) }
  }

  private func writes(_ path: String, _ seed: CycleSeed) throws -> Times {
    let policies = [try CycleSeed.compiledPolicy()]
    var opened: (store: any Store, epoch: LeaderEpoch, decider: BenchDecider)?
    let start = try HistoryBench.time {
      let store = try Stores.open(path, mode: .readWrite)
      let epoch = try store.becomeLeader(processID: getpid(), at: seed.now)
      let fleet = try store.read { try $0.fleet(of: seed.tenant, at: seed.now) }
      opened = (store, epoch, BenchDecider(policies, fleet: fleet, generation: seed.generation))
    }
    guard let (store, epoch, decider) = opened else { preconditionFailure("the work ran") }
    var queued = 0
    let cycle = try HistoryBench.time {
      while case let count = try decider.run(HistoryBench.batch, of: seed, in: store, epoch: epoch).queued, count > 0 {
        queued += count
      }
    }
    var sent = 0
    let sending = try HistoryBench.time {
      while true {
        let claimed = try store.claim(
          limit: 500, at: seed.now, leaseUntil: seed.now.advanced(bySeconds: 60), epoch: epoch, draw: { _ in 0 })
        if claimed.isEmpty { break }
        let results = claimed.map { SendResult(message: $0, outcome: .accepted(gatewayID: "g")) }
        _ = try store.finish(results, at: seed.now, epoch: epoch)
        sent += claimed.count
      }
    }
    guard queued == contacts, sent == contacts else {
      throw BenchFailure("expected \(contacts) messages to be queued and sent, found \(queued) and \(sent)")
    }
    return [("start", start), ("cycle", cycle), ("sending", sending)]
  }

  private static func time(_ body: () throws -> Void) throws -> Double {
    let start = baseline_process_cpu_ns()
    try body()
    return Double(baseline_process_cpu_ns() - start) / 1e6
  }
}

/// One kind of work on a store with a long history and on one without. CPU times of the process, medians of the rounds.
package struct HistoryResult: Sendable {
  /// The bound on the time with a history that does not count, in milliseconds.
  package static let allowance = 50.0

  /// A command or a part of a cycle.
  package let work: String
  /// Due contacts of both stores.
  package let contacts: Int
  /// Sent messages of the store with a history.
  package let messages: Int
  /// Milliseconds without a history.
  package let empty: Double
  /// Milliseconds with it.
  package let long: Double

  /// The time with a history, minus `allowance`, divided by the time without one; not below 0.
  package var ratio: Double { max(long - HistoryResult.allowance, 0) / max(empty, 0.001) }
}
