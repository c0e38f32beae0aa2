import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// What is kept so that reads do not follow the length of the history (F36): packed sends, indexes, and triggers that cost a
/// cycle nothing.
struct HistoryTests {
  private let fixture: StoreFixture
  private let devices: [DeviceKey]
  private var now: Instant { fixture.now }

  init() throws {
    let fixture = try StoreFixture()
    devices = try (1...3).map { try fixture.device("D\($0)") }
    self.fixture = fixture
    try fixture.sequence()
    try fixture.enrolment("L1", device: devices[0])
    try fixture.queueAll(on: devices[0])
    // The fixture's leader has packed periods of the day before. The tests add sends to these.
    try fixture.subject.write { db in try SendPeriods(db).forget(from: Instant(milliseconds: 0)) }
  }

  /// Writes attempts that were accepted at these times, all of one message.
  private func addSends(_ times: [Int64], _ random: inout SeededRandom) throws {
    let first = try fixture.count("SELECT coalesce(max(number), 0) FROM attempts") + 1
    for (index, time) in times.enumerated() {
      try fixture.insert(
        """
        INSERT INTO attempts (tenant_id, message_id, device_id, number, epoch, started_at, finished_at, outcome)
        VALUES (1, 1, ?1, ?2, 1, ?3, ?3, ?4)
        """,
        [
          devices.randomElement(using: &random)!.raw, first + index, time,
          Int.random(in: 0..<5, using: &random) == 0 ? "unknown" : "accepted",
        ])
    }
  }

  /// The sends of each device since 24 hours before `moment`, read from the attempts alone.
  private func sends(at moment: Instant) throws -> [[String]] {
    let start = moment.milliseconds - SendWindows.slack - RecentSends.day
    return try fixture.rows(
      """
      SELECT device_id, finished_at FROM attempts
      WHERE outcome IN ('accepted', 'unknown') AND finished_at > \(start) ORDER BY device_id, finished_at
      """)
  }

  private func read(at moment: Instant) throws -> [[String]] {
    let windows = try fixture.subject.read { db in try SendWindows(reading: db, at: moment) }
    return devices.flatMap { device in windows.of(device).moments.map { ["\(device.raw)", "\($0)"] } }
  }

  private func pack(at moment: Instant) throws {
    try fixture.subject.write { db in try SendPeriods(db).advance(to: moment) }
  }

  private func packedRows() throws -> Int { try fixture.count("SELECT count(*) FROM send_periods") }

  @Test(arguments: [1, 2, 3, 4])
  func `packed sends are the attempts, to the millisecond, whatever the clock does`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let day = RecentSends.day
    try addSends((0..<200).map { _ in now.milliseconds - Int64.random(in: 0..<day * 5 / 4, using: &random) }, &random)
    var clock = now
    for round in 0..<40 {
      try pack(at: clock)
      #expect(try read(at: clock) == sends(at: clock), "seed \(seed), round \(round)")
      // A batch of results writes at the time to which it advanced.
      try addSends([clock.milliseconds], &random)
      #expect(try read(at: clock) == sends(at: clock), "seed \(seed), round \(round), after a send")
      let isSetBack = Int.random(in: 0..<6, using: &random) == 0
      let step = isSetBack ? Int64.random(in: -7_200...0, using: &random) : Int64.random(in: 0...5_400, using: &random)
      clock = clock.advanced(bySeconds: step)
    }
    #expect(try packedRows() > 0)
    #expect(try fixture.store.integrity().checks.allSatisfy { $0.name != "periods-agree" || $0.violations == 0 })
  }

  @Test func `a start reads a row for each device and period, and the sends since the last one`() throws {
    var random = SeededRandom(seed: 7)
    let count = 2000
    try addSends(
      (0..<count).map { now.milliseconds - RecentSends.day + Int64($0) * RecentSends.day / Int64(count) }, &random)
    for _ in 0..<14 { try pack(at: now) }
    let until = try fixture.count("SELECT sends_until FROM kept_totals")
    #expect(Int64(until) > now.milliseconds - SendPeriods.length - SendWindows.slack)
    #expect(try packedRows() <= devices.count * 97)
    let tail = try fixture.count("SELECT count(*) FROM attempts WHERE finished_at >= \(until)")
    #expect(tail < count / 80)
    // The packed attempts are not read: the windows stay when these are gone.
    let before = try read(at: now)
    try fixture.execute("DELETE FROM attempts WHERE finished_at < ?1", [until])
    #expect(try read(at: now) == before && before.count > 1900)
  }

  @Test func `one transaction packs two hours, and periods that no window needs are deleted`() throws {
    var random = SeededRandom(seed: 9)
    try addSends((0..<500).map { now.milliseconds - RecentSends.day + Int64($0) * 172_000 }, &random)
    try pack(at: now)
    let from = try fixture.count("SELECT sends_from FROM kept_totals")
    let until = try fixture.count("SELECT sends_until FROM kept_totals")
    #expect(Int64(until - from) == SendPeriods.packedAtOnce * SendPeriods.length)
    for _ in 0..<14 { try pack(at: now) }
    let later = now.advanced(bySeconds: 86_400 * 3)
    for _ in 0..<14 { try pack(at: later) }
    #expect(try packedRows() == 0)
    #expect(try read(at: later) == [])
  }

  @Test func `a send with an old time is read, although its period was packed`() throws {
    var random = SeededRandom(seed: 11)
    try addSends((0..<100).map { now.milliseconds - Int64($0) * 800_000 }, &random)
    for _ in 0..<14 { try pack(at: now) }
    let old = now.advanced(bySeconds: -20_000)
    try fixture.subject.write { db in try SendPeriods(db).forget(from: old) }
    try addSends([old.milliseconds], &random)
    #expect(try read(at: now) == sends(at: now))
    for _ in 0..<14 { try pack(at: now) }
    #expect(try read(at: now) == sends(at: now))
  }

  // MARK: Statements

  private func plan(_ sql: String, _ arguments: StatementArguments = []) throws -> [String] {
    try fixture.sqlite.pool.read { db in
      try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map { $0["detail"] as String }
    }
  }

  @Test func `the report on mismatches starts at the first message of its window`() throws {
    let plan = try plan(
      "\(MismatchSQL.present) SELECT part, count(*) FROM parts GROUP BY part", [0, nil, 0])
    #expect(plan.first == "SEARCH m USING INTEGER PRIMARY KEY (rowid>?)", "\(plan)")
    #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") }, "\(plan)")
    #expect(plan.contains { $0.contains("assignments_contact (sequence_contact_id=?)") }, "\(plan)")
  }

  @Test(arguments: [
    "SELECT a.id FROM assignments a WHERE a.sequence_contact_id = 1 ORDER BY a.id",
    "SELECT count(*) FROM decisions WHERE outcome = 'skip' GROUP BY sequence_step_id",
    "SELECT id FROM broadcast_messages WHERE status = 'unknown'",
    "SELECT tenant_id, reason FROM sequence_contacts WHERE status = 'waiting'",
    "SELECT min(first_id) FROM message_periods WHERE period >= 1",
    "SELECT sends FROM send_periods WHERE period >= 1 AND period < 2 ORDER BY period",
  ])
  func `a read of a part uses the index of that part`(sql: String) throws {
    let plan = try plan(sql)
    #expect(
      plan.allSatisfy { $0.hasPrefix("SEARCH") || $0.contains("USING INDEX") || $0.contains("USING COVERING") },
      "\(plan)")
  }

  @Test(arguments: [CycleSQL.queue, CycleSQL.wait, CycleSQL.quarantine, CycleSQL.message])
  func `a decision that queues or waits runs no trigger of the totals`(sql: String) throws {
    let programs = try fixture.sqlite.pool.read { db in
      try Row.fetchAll(
        db, sql: "EXPLAIN " + sql, arguments: StatementArguments(Array(repeating: 1, count: sql.parameterCount))
      )
      .filter { ($0["opcode"] as String) == "Program" }.count
    }
    // Inserting a message runs the trigger that compares it with its decision.
    #expect(programs == (sql == CycleSQL.message ? 1 : 0))
  }
}

extension String {
  /// The highest number of a parameter `?N`.
  fileprivate var parameterCount: Int { matches(of: /\?([0-9]+)/).compactMap { Int($0.1) }.max() ?? 0 }
}
