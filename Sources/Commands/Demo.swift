import Delivery
import DryRun
import Foundation
import Persistence
import Policies
import Routing
import Sequencing
import Wire

/// The main job, told in ten seconds: a sample store, hours of cycles under a clock of its own, a device that goes
/// offline, a policy changed in the middle, a dry run of the change before it, the reports after it.
struct Demo {
  private let folder: String
  private let store: SQLiteStore
  private let epoch: LeaderEpoch
  private let clock: ManualClock
  private static let start = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  init() throws {
    folder = NSTemporaryDirectory() + "usher-demo-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder + "/Rules", withIntermediateDirectories: true)
    clock = ManualClock(Demo.start)
    store = try SQLiteStore.create(at: folder + "/usher.db")
    epoch = try store.becomeLeader(processID: getpid(), at: Demo.start)
  }

  func run() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    say(
      """
      Usher decides which device sends each due message. The decision is a Lua file per tenant; here is the one of acme:

      """)
    let fallback = ShippedPolicies.source(of: "fallback")!
    Talk.put(indented(String(decoding: fallback, as: UTF8.self)))

    headline("1. A store with two tenants: acme runs 'fallback', globex 'assigned'")
    let imported = try Sample.load(into: store, at: clock.now())
    say("\(imported.lineCount) lines of sample data: devices, sequences, leads and their triggers.")

    headline("2. Four hours of cycles, one every ten seconds; D2 of acme goes offline at 10:00")
    let cycle = Cycle(
      store: store, board: PolicyBoard(catalog: PolicyCatalog(rules: folder + "/Rules")), epoch: epoch,
      stopwatch: stopwatch, report: { Talk.put("   " + CycleTalk.text(of: $0) + "\n") })
    let gateway = try LogGateway(path: folder + "/sent.jsonl", clock: clock)
    let sender = Sender(store: store, gateways: ["log": gateway], epoch: epoch, clock: clock)
    for hour in 9..<11 {
      if hour == 10 { try setStatus("D2", .offline, "its phone lost the network") }
      try await simulate(cycle, sender, hour: hour)
    }

    headline("3. What would 'reassign' do to the contacts of acme that are due next? A dry run says so, and writes nothing")
    try dryRun("reassign", at: clock.now().advanced(bySeconds: 86_400))

    headline("4. The policy is changed: the file is edited, the next cycle takes it, nothing is restarted")
    let reassign = ShippedPolicies.source(of: "reassign")!
    try write(reassign)
    for hour in 11..<13 {
      if hour == 12 { try setStatus("D2", .online, "its phone is back") }
      try await simulate(cycle, sender, hour: hour)
    }

    headline("5. A broken edit is refused, and the last good revision goes on")
    try write(Array("return { select = function(contact) return contact.devise end }".utf8))
    _ = try cycle.run(at: clock.now())

    headline("6. Where did it all go?")
    try reports()
    say(
      """

      Every message is on the device that its decision names; those that a policy sent elsewhere say why. Next:

         usher init --sample       a store to try things on
         usher tick                one cycle
         usher dry-run --policy reassign
         usher serve               cycles and sending, until SIGTERM
      """)
  }

  private func setStatus(_ device: String, _ status: DeviceStatus, _ reason: String) throws {
    try store.setDeviceStatus(
      DeviceID(stored: device), of: TenantID(stored: "acme"), to: status, reason: reason, actor: "demo", at: clock.now())
    say("\(time(clock.now()))  \(device) is \(status.rawValue): \(reason)")
  }

  private func simulate(_ cycle: Cycle, _ sender: Sender, hour: Int) async throws {
    var sum = CycleReport(now: clock.now())
    for _ in 0..<360 {
      let report = try cycle.run(at: clock.now())
      sum.enrolled += report.enrolled
      sum.decided += report.decided
      sum.queued += report.queued
      sum.waiting += report.waiting
      sum.add(try await sender.run())
      clock.advance(seconds: 10)
    }
    say(
      "\(hour < 10 ? "0" : "")\(hour):00 to \(hour + 1):00  \(sum.enrolled) enrolled, \(sum.decided) decisions: \(sum.queued) queued and \(sum.waiting) told to wait; \(sum.sent) messages sent")
  }

  private func dryRun(_ name: String, at now: Instant) throws {
    let report = try store.read { snapshot in
      try DryRun(
        options: .init(tenant: TenantID(stored: "acme"), now: now),
        against: { try snapshot.activeRevisions(of: $0.key).map(CompiledPolicy.orBroken) },
        candidate: { tenant in
          let entry = try PolicyCatalog(rules: nil).entry(named: name)
          return [CompiledPolicy.orBroken(entry, parameters: tenant.parameters)]
        }
      ).run(on: snapshot)
    }
    Talk.put(indented(DryRunTalk(report).text(.table)))
  }

  private func reports() throws {
    Talk.put(indented(try DeviceListing.text(store, at: clock.now(), .table)))
    let mismatches = try store.mismatches(since: nil, tenant: nil)
    var listing = Listing(["messages", "count"])
    for part in MismatchReport.Part.allCases {
      listing.add([.string(part.rawValue), JSONValue(mismatches.counts[part] ?? 0)])
    }
    listing.add(["total", JSONValue(mismatches.total)])
    Talk.put("\n" + indented(listing.text(.table)))
    let integrity = try store.integrity()
    say("\nintegrity: \(integrity.checks.count) promises checked, \(integrity.checks.reduce(0) { $0 + $1.violations }) violations")
    if !integrity.isSound { throw Problem("the demo's store is not sound; this is a defect") }
  }

  /// Edits the tenant's policy.
  private func write(_ policy: [UInt8]) throws {
    try Data(policy).write(to: URL(fileURLWithPath: folder + "/Rules/fallback.lua"))
  }

  private func headline(_ text: String) { Talk.put("\n\(text)\n\n") }
  private func say(_ text: String) { Talk.put(indented(text + "\n")) }
  private func time(_ now: Instant) -> String { String(now.rfc3339.dropFirst(11).prefix(5)) }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "   " + $0 }
      .joined(separator: "\n")
  }
}
