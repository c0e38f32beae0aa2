import Delivery
import DryRun
import Foundation
import Operations
import Policies
import PolicyTesting
import Representations
import Routing
import Sequencing
import Stores
import Terminal
import Wire

/// The main job, shown in ten seconds: a sample store, hours of cycles under a clock of its own, a device that goes
/// offline, a dry run of a policy change, the change itself, and the reports after it.
struct Demo {
  private let folder: String
  private let store: any Store
  private let clock = ManualClock(Demo.start)
  private let cycle: Cycle
  private let sender: Sender
  private static let start = Instant(rfc3339: "2026-11-22T09:00:00Z")!
  private static let acme = TenantID(stored: "acme")

  init() throws {
    folder = NSTemporaryDirectory() + "usher-demo-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder + "/Rules", withIntermediateDirectories: true)
    store = try Stores.create(folder + "/usher.db")
    let epoch = try store.becomeLeader(processID: getpid(), at: Demo.start)
    cycle = Cycle(
      store: store,
      registry: PolicyRegistry(catalog: PolicyCatalog(rules: folder + "/Rules"), acceptance: StandardAcceptance()),
      epoch: epoch,
      stopwatch: stopwatch)
    let gateway = try LogGateway(path: folder + "/sent.jsonl", clock: clock, store: folder + "/usher.db")
    sender = Sender(store: store, gateways: ["log": gateway], epoch: epoch, clock: clock)
  }

  func run() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    say("Usher decides which device sends each due message. Each tenant has a policy, a Lua file. This is acme's:\n")
    TerminalOutput.write(Demo.indented(String(decoding: ShippedPolicies.source(of: "fallback")!, as: UTF8.self)))

    headline("1. A store with two tenants: acme runs 'fallback', globex 'assigned'")
    let imported = try Sample.load(into: store, at: clock.now())
    say("\(imported.lineCount) lines of sample data: devices, sequences, leads and their triggers.")

    headline("2. Two hours of cycles, one every ten seconds; at 10:00 a device of acme goes offline")
    try await simulate(from: "09:00", hours: 1)
    try setStatus("D2", .offline, "the phone lost its network")
    try await simulate(from: "10:00", hours: 1)

    headline("3. What would 'reassign' do to acme's contacts of tomorrow? A dry run shows it and writes nothing")
    let tomorrow = Demo.start.advanced(bySeconds: 86_400)
    try dryRun("reassign", at: tomorrow.advanced(bySeconds: 3600))

    headline("4. The file is edited. The next cycle loads it, without a restart")
    try edit(ShippedPolicies.source(of: "reassign")!)
    clock.set(tomorrow)
    say("The next morning, D2 still offline:")
    try await simulate(from: "09:00", hours: 2)

    headline("5. A broken edit is refused; the last good revision stays live")
    try edit(
      Array("return {\n  select = function(contact, fleet)\n    return use(contact.devise, 'owner')\n  end,\n}".utf8))
    _ = try runCycle()

    headline("6. Where did the messages go?")
    try reports()
    say(
      """

      Every message is on the device that its decision names, and each move has a recorded reason. Next:

         usher init --sample                a store to experiment with
         usher tick                         one cycle
         usher dry-run --policy reassign    what a policy would change
         usher serve                        cycles and sending, until SIGTERM
      """)
  }

  private func setStatus(_ device: String, _ status: DeviceStatus, _ reason: String) throws {
    try store.setDeviceStatus(
      DeviceID(stored: device), of: Demo.acme, to: status, reason: reason, actor: "demo", at: clock.now())
    say("\(time(clock.now()))           \(device) is \(status.rawValue): \(reason)")
  }

  private func runCycle() throws -> CycleReport {
    try cycle.run(at: clock.now(), report: { say($0.sentence) })
  }

  private func simulate(from label: String, hours: Int) async throws {
    var sum = CycleReport(now: clock.now())
    for _ in 0..<(hours * 360) {
      let report = try runCycle()
      sum.enrolled += report.enrolled
      sum.decided += report.decided
      sum.queued += report.queued
      sum.waiting += report.waiting
      sum.add(try await sender.run())
      clock.advance(seconds: 10)
    }
    say(
      "\(label) to \(time(clock.now()))  \(sum.enrolled) enrolled, \(sum.decided) decisions: \(sum.queued) queued, "
        + "\(sum.waiting) waiting; \(sum.sent) messages sent")
  }

  private func dryRun(_ name: String, at now: Instant) throws {
    let report = try store.read { snapshot in
      try DryRun(
        options: .init(tenant: Demo.acme, now: now),
        against: { try snapshot.activeRevisions(of: $0.key).map { CompiledPolicy.onRecord($0) } },
        candidate: { tenant in
          let entry = try PolicyCatalog(rules: nil).entry(named: name)
          return [CompiledPolicy.orBroken(entry, parameters: tenant.parameters)]
        }
      ).run(on: snapshot)
    }
    show(DryRunText(report, most: 5))
  }

  private func reports() throws {
    show(DevicesReport(try DevicesQuery().run(store, at: clock.now())))
    TerminalOutput.write("\n")
    show(try MismatchesQuery().run(store).parts)
    let integrity = try IntegrityQuery().run(store)
    let violations = integrity.checks.reduce(0) { $0 + $1.violations }
    say("\nintegrity: \(integrity.checks.count) invariants checked, \(violations) violations")
    if !integrity.isSound { throw Problem(.checkFailed, "the demo's store is not sound; this is a defect of Usher") }
  }

  /// Edits the tenant's policy.
  private func edit(_ policy: [UInt8]) throws {
    try Data(policy).write(to: URL(fileURLWithPath: folder + "/Rules/fallback.lua"))
  }

  private func headline(_ text: String) {
    TerminalOutput.write(StyledText("\n\(text)\n\n").wrapped(to: TerminalOutput.outputColumns))
  }
  private func say(_ text: String) {
    TerminalOutput.write(StyledText(Demo.indented(text + "\n")).wrapped(to: TerminalOutput.outputColumns))
  }
  private func show(_ report: some Representation) {
    TerminalOutput.write(
      Demo.indented(report.text(.table, columns: TerminalOutput.outputColumns.map { $0 - Demo.indent.count })))
  }
  private func time(_ now: Instant) -> String { String(now.rfc3339.dropFirst(11).prefix(5)) }

  private static let indent = "   "

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : indent + $0 }
      .joined(separator: "\n")
  }
}
