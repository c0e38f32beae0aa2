import CBaseline
import Foundation
import Policies
import PolicyTesting
import Routing
import Sequencing
import Stores

/// Runs whole cycles over many tenants, each with its own policy and devices, and over one tenant with as many
/// contacts, to measure what the number of tenants costs per contact.
package struct TenantBench {
  /// The shipped policy whose source each tenant's file contains.
  package static let policy = "fallback"
  private static let devices = 100
  private static let dueAt = "2026-01-01T00:00:00Z"
  /// The due time of each tenant's first contact; all others are due later.
  private static let dueFirst = "2025-12-31T22:00:00Z"
  private static let before = Instant(rfc3339: "2025-12-31T23:00:00Z")!
  private static let now = Instant(rfc3339: "2026-01-01T00:00:01Z")!

  private let tenants: Int
  private let contacts: Int
  private let rounds: Int

  /// `contacts` is the total of all tenants.
  package init(tenants: Int, contacts: Int, rounds: Int) {
    (self.tenants, self.contacts, self.rounds) = (tenants, max(contacts / tenants, 1) * tenants, rounds)
  }

  /// Works in its own temporary folder, which is removed afterwards.
  package func run() throws -> TenantResult {
    let folder = try Scratch("tenants")
    try writePolicies(in: folder)
    let (one, many) = (folder.path("one.db"), folder.path("many.db"))
    try seed(one, tenants: 1)
    try seed(many, tenants: tenants)
    var (single, several): ([Time], [Time]) = ([], [])
    var peak: Double?
    for _ in 0..<rounds {
      single.append(try measure(one, folder))
      baseline_trim()
      PeakMemory.reset()
      several.append(try measure(many, folder))
      peak = PeakMemory.megabytes.map { max($0, peak ?? 0) }
    }
    return TenantResult(
      tenants: tenants, devices: TenantBench.devices, contacts: contacts, single: single.map(\.cycle).median,
      several: several.map(\.cycle).median,
      ratio: zip(several, single).map { $0.cycle / $1.cycle }.median, bringUp: several.map(\.bringUp).median,
      peakMegabytes: peak)
  }

  /// CPU time of the process: microseconds per contact of the cycle, milliseconds to load one tenant's policy.
  private struct Time {
    let cycle: Double
    let bringUp: Double
  }

  /// The first cycle loads the policies, as after a start, and decides one contact with each. The second decides
  /// everything else.
  private func measure(_ seed: String, _ folder: Scratch) throws -> Time {
    let path = try TenantBench.copy(seed, to: folder.path("cycle.db"))
    let store = try Stores.open(path, mode: .readWrite)
    let epoch = try store.becomeLeader(processID: getpid(), at: TenantBench.before)
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(catalog: PolicyCatalog(rules: folder.url.path), acceptance: StandardAcceptance()),
      epoch: epoch,
      stopwatch: { Double(baseline_wall_ns()) / 1e6 })
    let start = baseline_process_cpu_ns()
    let first = try cycle.run(at: TenantBench.before)
    let middle = baseline_process_cpu_ns()
    let second = try cycle.run(at: TenantBench.now)
    let end = baseline_process_cpu_ns()
    let count = try store.read { try $0.tenants().count }
    guard first.queued == count, second.queued == contacts, second.faults == 0 else {
      throw BenchFailure(
        "expected cycles to queue \(count) and \(contacts) messages, found \(first.queued) and \(second.queued), "
          + "\(second.faults) faults; the measurement is void")
    }
    return Time(
      cycle: Double(end - middle) / Double(contacts) / 1e3, bringUp: Double(middle - start) / Double(count) / 1e6)
  }

  private static func copy(_ seed: String, to path: String) throws -> String {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
      if suffix != "-shm", FileManager.default.fileExists(atPath: seed + suffix) {
        try FileManager.default.copyItem(atPath: seed + suffix, toPath: path + suffix)
      }
    }
    return path
  }

  // MARK: - The stores

  /// A separate file for each tenant, so that no two tenants share a revision.
  private func writePolicies(in folder: Scratch) throws {
    let source = String(decoding: try PolicyCatalog(rules: nil).entry(named: TenantBench.policy).source, as: UTF8.self)
    for tenant in 1...tenants { try folder.write("-- Of tenant \(tenant)\n\(source)", to: "p\(tenant).lua") }
  }

  private func seed(_ path: String, tenants count: Int) throws {
    let store = try Stores.create(path)
    let share = contacts / count
    var tenant = 0
    let lines = ByteSource {
      guard tenant < count else { return nil }
      tenant += 1
      return Array(TenantBench.lines(tenant: tenant, contacts: share).utf8)
    }
    guard try store.importFile(lines, ImportOptions(now: TenantBench.before)).badLineCount == 0 else {
      throw BenchFailure("the store of the tenants could not be filled")
    }
  }

  private static func lines(tenant: Int, contacts: Int) -> String {
    let id = "T\(tenant)"
    let limits = #""limits":{"hour":\#(contacts + 1),"day":\#(contacts + 1)}"#
    var text = #"{"type":"tenant","id":"\#(id)","policy":"p\#(tenant)"}"# + "\n"
    for device in 1...devices {
      text += #"{"type":"device","tenant":"\#(id)","id":"D\#(device)","platform":"whatsapp",\#(limits)}"# + "\n"
    }
    text += """
      {"type":"sequence","tenant":"\(id)","id":"welcome","name":"Welcome","steps":[\
      {"delay_s":0,"content":"Hi {name}, welcome! Reply to this message and we will call you back."}]}

      """
    for contact in 0...contacts {
      text += """
        {"type":"lead","tenant":"\(id)","id":"L\(contact)","phone":"+60\(100_000_000 + contact)","name":"Lead \(contact)"}
        {"type":"enrolment","tenant":"\(id)","sequence":"welcome","lead":"L\(contact)",\
        "assigned_device":"D\(contact % devices + 1)","due_at":"\(contact == 0 ? dueFirst : dueAt)"}

        """
    }
    return text
  }
}

/// A cycle over many tenants compared with one over a single tenant with as many contacts. Medians over the rounds.
package struct TenantResult: Sendable {
  /// How many tenants share the contacts.
  package let tenants: Int
  /// The devices of each tenant.
  package let devices: Int
  /// The contacts of all tenants together.
  package let contacts: Int
  /// CPU time of the process with a single tenant, microseconds per contact.
  package let single: Double
  /// CPU time of the process with many tenants, microseconds per contact.
  package let several: Double
  /// The cost over many tenants divided by the cost over one, per round.
  package let ratio: Double
  /// CPU time to read, check, compile and record one tenant's policy after a start, in milliseconds.
  package let bringUp: Double
  /// The maximum resident memory of the cycle over many tenants; nil if the machine does not report it.
  package let peakMegabytes: Double?
}
