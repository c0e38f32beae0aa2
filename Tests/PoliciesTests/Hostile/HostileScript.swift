import Foundation
import LuaSandbox
import PolicyTestKit
import Routing

@testable import Policies

/// The ways in which a hostile body is run, and its fleet.
enum HostileScript {
  /// The budget, plus the most that can exceed it: an instruction that allocates one text (4,096 bytes at 32 per unit),
  /// and one instruction on leaving each of the 200 nested calls from C.
  static let mostInstructions: Int64 = 1_000_000 + 4096 / 32 + 200 + 8

  /// Enough time for the budget to be exhausted first, even on a slow machine or in a debug build. A sanitizer build is
  /// slower still, and passes a factor (bin/sanitize).
  static let unhurried = SandboxLimits(cpuMilliseconds: TestSpeed.budgetMilliseconds)

  /// The decision for the contact `probe`: it reads everything that an earlier decision could have changed, and notes it.
  static let probe = """
    local function probe(contact, fleet)
      local seen = { tostring(calls), #list, kept == nil, #string, #math, tostring(use), random(1000000), random() }
      for key, value in pairs({ b = 1, a = 2, [3] = 3, [fleet[1]] = 4 }) do seen[#seen + 1] = tostring(key) .. value end
      for place, device in ipairs(fleet) do
        seen[#seen + 1] = place .. device.id .. device.queued .. tostring(device.can_accept_more) .. #device.tags
      end
      for _, device in ipairs(fleet:candidates(9)) do seen[#seen + 1] = device.id end
      local numbers = {}
      for i = 1, 300 do numbers[i] = (i * 7919) % 1000 .. 'k' end
      table.sort(numbers)
      note(numbers[1] .. numbers[300] .. ('x'):rep(3, '-') .. string.format('%5.2f|%q', 1 / 3, 'q') .. #params_text())
      for i = 1, #seen do seen[i] = tostring(seen[i]) end
      note(table.concat(seen, ' '))
      calls, kept, list_now = calls + 1, contact, seen
      return wait('probed', 60)
    end
    """

  /// Upvalues in which bodies and probe can leave something.
  static let prelude = """
    local calls, list, kept, list_now = 0, {}, nil, nil
    local function params_text() return params.text .. params.max_wait end
    \(probe)
    """

  static func hook(_ body: String) -> String {
    """
    \(prelude)
    return { params = { max_wait = 1, text = 'p' }, select = function(contact, fleet)
    if contact.id == 'probe' then return probe(contact, fleet) end
    calls = calls + 1
    do \(body) end
    return wait('harmless', 60)
    end }
    """
  }

  static func caught(_ body: String) -> String {
    """
    \(prelude)
    return { params = { max_wait = 1, text = 'p' }, select = function(contact, fleet)
    if contact.id == 'probe' then return probe(contact, fleet) end
    calls = calls + 1
    pcall(function() list[#list + 1] = calls end)
    pcall(function() kept = contact list_now = fleet; \(body) end)
    pcall(function() kept = function() return fleet end end)
    return use('D2', 'after')
    end }
    """
  }

  static func chunk(_ body: String) -> String {
    """
    \(prelude)
    local function attack(contact, fleet) \(body) end
    attack()
    return { params = { max_wait = 1, text = 'p' }, select = probe }
    """
  }

  static func policy(_ source: String, limits: SandboxLimits = unhurried) throws(Fault) -> CompiledPolicy {
    try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: limits)
  }

  static let fleet = Fleet(
    tenant: TenantID("acme")!, now: Instant(milliseconds: 1_000_000),
    members: (1...3).map {
      .init(device: Device(key: .init(Int64($0)), id: DeviceID("D\($0)")!, tags: ["kl"]), load: DeviceLoad())
    })

  static func decision(of policy: CompiledPolicy, _ contact: String = "c1", phone: String? = nil) -> Decision {
    Evaluator(policies: [policy], fleet: fleet).decide(
      Contact(id: ContactID(contact)!, phone: phone, assignedDevice: DeviceID("D1"), tags: ["vip"]), seed: 1)
  }

  /// Whether a text can be shown on a terminal unchanged.
  static func isFit(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && !(0x200B...0x200F).contains($0.value)
        && !(0x2028...0x202E).contains($0.value) && !(0x2060...0x206F).contains($0.value) && $0.value != 0xFEFF
    }
  }
}
