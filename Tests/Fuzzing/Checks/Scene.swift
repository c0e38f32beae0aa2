import LuaSandbox
import Policies
import Routing

/// Four devices, of which two can accept more, and contacts that differ in everything that a policy can read.
enum Scene {
  static let now = Instant(milliseconds: 1_770_000_000_000)

  static let fleet = Fleet(tenant: TenantID("fuzz")!, now: now, members: [first, offline, full, spare])

  static let contacts = [
    Contact(
      id: ContactID("c1")!, phone: "+60123456789", name: "Aina", sequence: "welcome", step: 2,
      assignedDevice: DeviceID("D1"), dueAt: now, attempts: 1, lastDevice: DeviceID("D4"), tags: ["vip", "kl"],
      attributes: [
        Parameter("city", .text("KL")), Parameter("score", .integer(7)), Parameter("paid", .boolean(true)),
        Parameter("rate", .number(0.5)),
      ]),
    Contact(id: ContactID("c2")!, assignedDevice: DeviceID("D2")),
    Contact(id: ContactID("c3")!, phone: "", name: "\u{e9}\u{1f600}", assignedDevice: DeviceID("gone")),
  ]

  static let lead = Lead(
    id: "l1", phone: "+6512345678", name: "Bo", sequence: "welcome", trigger: "new", device: DeviceID("D4"),
    tags: ["vip"], attributes: [Parameter("city", .text("SG"))])

  /// Chooses the device that a guard is evaluated for: one that can accept more, for each contact.
  static var chooser: CompiledPolicy {
    guard let policy = try? CompiledPolicy(file: policyFile.name, source: policyFile.source) else {
      fatalError("a shipped policy compiles")
    }
    return policy
  }

  /// The decision that a guard is evaluated for.
  static func chosen(for contact: Contact) -> Decision {
    Evaluator(policies: [chooser], fleet: fleet).decide(contact, seed: 7)
  }

  static let policyFile = ShippedPolicies.all.first { $0.name == "least_loaded" }!
  static let guardFile = ShippedPolicies.guards.first { $0.name == "daily_limit" }!

  /// The maximum charge of a decision: the budget of the policy under test and, for a guard, that of the chooser before
  /// it.
  static let instructionsMax = PolicyFuzzCheck.limits.instructions + 1_256

  private static var first: Fleet.Member {
    var device = Device(key: DeviceKey(1), id: DeviceID("D1")!)
    device.tags = ["vip", "+60"]
    device.platform = "whatsapp"
    device.limits = DeviceLimits(minute: 10, hour: 80, day: 800, queue: 50)
    device.lastSentAt = now
    return Fleet.Member(device: device, load: DeviceLoad(sentHour: 3, sentDay: 9, queued: 2))
  }

  private static var offline: Fleet.Member {
    var device = Device(key: DeviceKey(2), id: DeviceID("D2")!)
    device.status = .offline
    return Fleet.Member(device: device, load: DeviceLoad())
  }

  private static var full: Fleet.Member {
    var device = Device(key: DeviceKey(3), id: DeviceID("D3")!)
    device.limits = DeviceLimits(hour: 5)
    return Fleet.Member(device: device, load: DeviceLoad(sentHour: 5, sentDay: 5))
  }

  private static var spare: Fleet.Member {
    var device = Device(key: DeviceKey(4), id: DeviceID("D4")!)
    device.tags = ["vip"]
    device.platform = "sms"
    return Fleet.Member(device: device, load: DeviceLoad(sentDay: 1))
  }
}
