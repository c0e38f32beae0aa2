import Foundation
import Policies
import Routing
import Stores

/// A store full of due contacts; each round processes a copy of it.
struct CycleSeed {
  static let policy = "fallback"
  static let devices = 100
  /// The placeholder in the steps' texts, replaced by the lead's name.
  static let placeholder = "{name}"
  /// The policy's reason when a contact's own device accepts it, as every device does here.
  static let reason = "owner"
  /// The budget that such a decision uses, so that the baseline's rows are as long as Usher's.
  static let instructions: Int64 = 20
  private static let dueAt = "2026-01-01T00:00:00Z"
  private static let now = Instant(rfc3339: "2026-01-01T00:00:01Z")!
  private static let linesAtOnce = 1000

  let path: String
  let tenant: Tenant
  let epoch: LeaderEpoch
  let revision: String
  /// The recorded form of the fleet.
  let fleetBody: [UInt8]
  /// The generation in which the policy decides.
  let generation: Int64
  var now: Instant { CycleSeed.now }

  /// Creates the store. The devices own the contacts in rotation, so that Usher and the baseline make the same choices.
  init(contacts count: Int, _ profile: LeadProfile, in folder: URL) throws {
    path = folder.appendingPathComponent("seed-\(profile.rawValue).db").path
    let store = try Stores.create(path)
    let result = try store.importFile(
      CycleSeed.lines(contacts: count, profile), ImportOptions(now: CycleSeed.now))
    guard result.badLineCount == 0, let tenant = try store.read({ try $0.tenants() }).first else {
      throw BenchFailure("the store of the benchmark could not be filled")
    }
    self.tenant = tenant
    epoch = try store.becomeLeader(processID: getpid(), at: CycleSeed.now)
    let policy = try CycleSeed.compiledPolicy()
    revision = policy.revision.digest
    generation = try store.activate([policy.revision], for: tenant.key, at: CycleSeed.now, epoch: epoch)
    fleetBody = Stores.recordBody(of: try store.read { try $0.fleet(of: tenant, at: CycleSeed.now) })
  }

  static func compiledPolicy() throws -> CompiledPolicy {
    let entry = try PolicyCatalog(rules: nil).entry(named: policy)
    return try CompiledPolicy(file: entry.name, source: entry.source)
  }

  /// Copies the store, including its log. Nothing has it open at that time.
  func copy(to name: String) throws -> String {
    let copy = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: copy + suffix)
      if suffix != "-shm", FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
    }
    return copy
  }

  /// Input as for `usher import`, generated a thousand contacts at a time.
  private static func lines(contacts count: Int, _ profile: LeadProfile) -> ByteSource {
    var next = 0
    return ByteSource {
      if next == 0 {
        next = 1
        return Array(setup(contacts: count).utf8)
      }
      guard next <= count else { return nil }
      let end = min(next + linesAtOnce, count + 1)
      let text = (next..<end).map { contact($0, profile) }.joined()
      next = end
      return Array(text.utf8)
    }
  }

  private static func setup(contacts count: Int) -> String {
    let devices = (1...devices).map { number in
      """
      {"type":"device","tenant":"bench","id":"D\(number)","platform":"whatsapp",\
      "limits":{"hour":\(count),"day":\(count)}}

      """
    }
    return """
      {"type":"tenant","id":"bench","policy":"\(policy)"}
      \(devices.joined())\
      {"type":"sequence","tenant":"bench","id":"welcome","name":"Welcome","steps":[\
      {"delay_s":0,"content":"Hi \(placeholder), welcome! Reply to this message and we will call you back."},\
      {"delay_s":86400,"content":"Still there, \(placeholder)?"}]}

      """
  }

  private static func contact(_ number: Int, _ profile: LeadProfile) -> String {
    let details =
      profile == .plain ? "" : #","tags":["new"],"attributes":{"city":"Penang","visits":\#(number % 10)}"#
    let lead = "L\(number)"
    return """
      {"type":"lead","tenant":"bench","id":"\(lead)","phone":"+60\(100_000_000 + number)","name":"Lead \(number)"\(details)}
      {"type":"enrolment","tenant":"bench","sequence":"welcome","lead":"\(lead)",\
      "assigned_device":"D\((number - 1) % devices + 1)","due_at":"\(dueAt)"}

      """
  }
}
