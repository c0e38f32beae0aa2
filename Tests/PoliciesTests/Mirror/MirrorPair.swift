import LuaSandbox
import Routing
import Testing

@testable import Policies

/// One policy twice: with the copy of the fleet that it may get, and without.
struct MirrorPair {
  let with: CompiledPolicy
  let without: CompiledPolicy

  /// Enough time for the budget to be exhausted first.
  init(_ source: String, milliseconds: Int64 = HostileScript.unhurried.cpuMilliseconds) throws(Fault) {
    let source = Array(source.utf8)
    with = try CompiledPolicy(file: "pair", source: source, limits: SandboxLimits(cpuMilliseconds: milliseconds))
    without = try CompiledPolicy(
      file: "pair", source: source, limits: SandboxLimits(cpuMilliseconds: milliseconds, mirror: 0))
  }

  /// A hook that loops over the fleet and then runs the body.
  static func hook(_ body: String) -> String {
    """
    local function try(f)
      local ok, a, b, c = pcall(f)
      note(tostring(ok) .. ' ' .. tostring(a) .. ' ' .. tostring(b) .. ' ' .. tostring(c))
    end
    return { select = function(contact, fleet)
      local load, list = 0, fleet:available()
      for _, device in ipairs(list) do
        load = load + device.headroom * device.load + device.queued
        if not device.can_accept_more or device.limit_minute then load = load + 1 end
      end
      local d, own = fleet[1], contact.device
      \(body)
      return use(list[1], 'load ' .. load)
    end }
    """
  }

  /// Decides about the contacts in turn on both sides, each with its own fleet.
  func decide(_ contacts: [Contact], over fleet: Fleet) -> (with: [Decision], without: [Decision]) {
    func decisions(_ policy: CompiledPolicy) -> [Decision] {
      let evaluator = Evaluator(policies: [policy], fleet: fleet)
      return contacts.enumerated().map { evaluator.decide($1, seed: UInt64($0)) }
    }
    return (decisions(with), decisions(without))
  }

  /// Expects equal decisions, and that only one side used the copy.
  func expectSame(_ contacts: [Contact], over fleet: Fleet, shown: Bool = true, _ comment: Comment) {
    let (found, expected) = decide(contacts, over: fleet)
    #expect(found == expected, comment)
    #expect(with.showedMirror == shown && !without.showedMirror, comment)
  }

  /// Devices of all kinds: offline, paused, with and without limits, some of them nearly full.
  static func fleet(_ count: Int, seed: UInt64) -> Fleet {
    var random = SeededRandom(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    return Fleet(
      tenant: TenantID("acme")!, now: Instant(milliseconds: 1_000_000),
      members: (1...count).map { place in
        let limits = DeviceLimits(
          minute: number(0...2) == 0 ? number(1...4) : nil, hour: number(0...1) == 0 ? number(0...9) : nil,
          day: number(0...1) == 0 ? number(1...20) : nil, queue: number(0...4) == 0 ? number(1...3) : nil)
        let device = Device(
          key: DeviceKey(Int64(place)), id: DeviceID("D\(place)")!, platform: number(0...1) == 0 ? "sms" : "whatsapp",
          status: number(0...5) == 0 ? .offline : .online,
          pausedUntil: number(0...6) == 0 ? Instant(milliseconds: 2_000_000) : nil, limits: limits,
          tags: number(0...1) == 0 ? ["vip"] : [],
          lastSentAt: number(0...2) == 0 ? Instant(milliseconds: 900_000) : nil)
        let load = DeviceLoad(
          sentMinute: number(0...1), sentHour: number(0...3), sentDay: number(3...6), queued: number(0...1))
        return .init(device: device, load: load)
      })
  }

  static func contacts(_ count: Int, devices: Int, seed: UInt64) -> [Contact] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { index in
      let owner = Int.random(in: 0...devices, using: &random)
      return Contact(
        id: ContactID("c\(index)")!, step: 1 + index % 3,
        assignedDevice: owner == 0 ? nil : DeviceID("D\(owner)")!,
        assignedKey: owner == 0 ? nil : DeviceKey(Int64(owner)), tags: ["new"])
    }
  }
}
