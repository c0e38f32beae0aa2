import CBaseline
import Foundation
import Policies
import Routing
import Stores

/// Measures one cycle over many due contacts against the same statements on the same schema from C.
///
/// Both process copies of one store, batch by batch in transactions of a fixed size, and must leave the same rows.
/// Usher's side is `CycleStore.decide` with the real evaluator; the baseline assigns the devices in rotation.
package struct CycleBench {
  /// Contacts per transaction; each size is measured.
  package static let batches = [1000, 10_000]
  /// The shipped policy that decides.
  package static var policy: String { CycleSeed.policy }

  private let contacts: Int
  private let rounds: Int

  /// The number of due contacts in the store, and how often each side processes them.
  package init(contacts: Int, rounds: Int) { (self.contacts, self.rounds) = (contacts, rounds) }

  /// The time of one round of one side.
  private struct Time {
    let wall: Int64
    let cpu: Int64
  }

  /// Works in its own temporary folder, which is removed afterwards.
  package func run(report: (CycleResult) -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("usher-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for profile in LeadProfile.allCases {
      let seed = try CycleSeed(contacts: contacts, profile, in: folder)
      PeakMemory.reset()
      for batch in CycleBench.batches { report(try measure(seed, profile, batch: batch)) }
    }
  }

  private func measure(_ seed: CycleSeed, _ profile: LeadProfile, batch: Int) throws -> CycleResult {
    var (baseline, usher): ([Time], [Time]) = ([], [])
    for round in 0..<rounds {
      let (baselineStore, usherStore) = (try seed.copy(to: "baseline.db"), try seed.copy(to: "usher.db"))
      // The sides alternate in running first.
      if round % 2 == 0 { baseline.append(try CycleBench.runBaseline(seed, baselineStore, batch: batch)) }
      usher.append(try CycleBench.runUsher(seed, usherStore, batch: batch))
      if round % 2 == 1 { baseline.append(try CycleBench.runBaseline(seed, baselineStore, batch: batch)) }
      try expectSame(baselineStore, usherStore)
    }
    let pairs = zip(baseline, usher)
    return CycleResult(
      profile: profile, contacts: contacts, devices: CycleSeed.devices, batch: batch, baseline: side(baseline),
      usher: side(usher), wallRatio: pairs.map { Double($0.wall) / Double($1.wall) }.median,
      cpuRatio: pairs.map { Double($0.cpu) / Double($1.cpu) }.median)
  }

  private func side(_ times: [Time]) -> CycleResult.Side {
    CycleResult.Side(
      perSecond: times.map { Double(contacts) * 1e9 / Double($0.wall) }.median,
      cpuMicroseconds: times.map { Double($0.cpu) / Double(contacts) / 1e3 }.median)
  }

  // MARK: - Usher

  private static func runUsher(_ seed: CycleSeed, _ path: String, batch: Int) throws -> Time {
    let store = try Stores.open(path, mode: .readWrite)
    let policies = [try CycleSeed.compiledPolicy()]
    let fleet = try store.read { try $0.fleet(of: seed.tenant, at: seed.now) }
    let decider = BenchDecider(policies, fleet: fleet, generation: seed.generation)
    let decide = { limit in try decider.run(limit, of: seed, in: store, epoch: seed.epoch).decided }
    // Prepares the statements, as the baseline does before it starts its clock.
    _ = try decide(0)
    let (wall, cpu) = (baseline_wall_ns(), baseline_process_cpu_ns())
    while try decide(batch) == batch {}
    return Time(wall: baseline_wall_ns() - wall, cpu: baseline_process_cpu_ns() - cpu)
  }

  // MARK: - The baseline

  private static func runBaseline(_ seed: CycleSeed, _ path: String, batch: Int) throws -> Time {
    let strings = CStrings()
    var request = baseline_cycle_request()
    request.path = strings.keep(path)
    let sql = Stores.baseline
    request.sql = baseline_sql(
      epoch: strings.keep(sql.epoch), due: strings.keep(sql.due), step: strings.keep(sql.step),
      device: strings.keep(sql.device), carrying: strings.keep(sql.carrying),
      revision: strings.keep(sql.revision), decision: strings.keep(sql.decision),
      message: strings.keep(sql.message), queue: strings.keep(sql.queue),
      next_decision: strings.keep(sql.nextDecision), fleet: strings.keep(sql.fleet),
      extend_fleet: strings.keep(sql.extendFleet))
    request.epoch = seed.epoch.raw
    request.tenant = seed.tenant.key.raw
    request.now_ms = seed.now.milliseconds
    request.batch = UInt32(batch)
    request.device_count = UInt32(CycleSeed.devices)
    request.checkpoint_pages = UInt32(sql.checkpointPages)
    request.revision = strings.keep(seed.revision)
    request.reason = strings.keep(CycleSeed.reason)
    request.instructions = CycleSeed.instructions
    request.placeholder = strings.keep(CycleSeed.placeholder)
    return try seed.fleetBody.withUnsafeBytes { body in
      request.fleet_body = body.baseAddress
      request.fleet_body_length = UInt32(body.count)
      return try withExtendedLifetime(strings) {
        try BenchFailure.catching("the baseline of a cycle") { error in
          var result = baseline_cycle_result()
          guard baseline_cycle(&request, &result, error) else { return nil }
          return Time(wall: result.wall_ns, cpu: result.cpu_ns)
        }
      }
    }
  }

  // MARK: - The same rows

  private func expectSame(_ baseline: String, _ usher: String) throws {
    let (found, expected) = (try Self.rows(in: usher), try Self.rows(in: baseline))
    guard found == expected, found.decisions == contacts, found.messages == contacts else {
      throw BenchFailure(
        "expected \(contacts) decisions and messages on the same devices from C and from Usher, found \(expected) "
          + "and \(found); the measurement is void")
    }
  }

  private struct Rows: Equatable {
    let decisions, messages, queued, devices, contents, reasons, recorded, fleets, fleetBytes: Int64
  }

  private static func rows(in path: String) throws -> Rows {
    let sql = """
      SELECT (SELECT count(*) FROM decisions), count(*),
        (SELECT count(*) FROM sequence_contacts WHERE status = 'queued'),
        total(device_id * (id % 1009)), total(length(content)), (SELECT total(length(reason)) FROM decisions),
        (SELECT count(*) FROM decisions d JOIN fleet_records f ON f.id = d.fleet_id AND d.id <= f.last_decision_id
          WHERE d.due_at IS NOT NULL AND d.attempts IS NOT NULL),
        (SELECT count(*) FROM fleet_records), (SELECT total(length(body)) FROM fleet_records)
      FROM broadcast_messages
      """
    var values = [Int64](repeating: 0, count: 9)
    try BenchFailure.catching(path) { error in
      baseline_read_row(path, sql, &values, UInt32(values.count), error) ? () : nil
    }
    return Rows(
      decisions: values[0], messages: values[1], queued: values[2], devices: values[3], contents: values[4],
      reasons: values[5], recorded: values[6], fleets: values[7], fleetBytes: values[8])
  }
}
