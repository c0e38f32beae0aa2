import Routing
import Testing

@testable import Policies

struct EvaluatorTests {
  @Test func `the fallback replaces an assigned device that is full`() throws {
    let policy = try CompiledPolicy(file: "fallback", source: ShippedPolicies.source(of: "fallback")!)
    let fleet = Fleet(
      tenant: TenantID("acme")!, now: Instant(milliseconds: 0),
      members: [
        .init(
          device: Device(key: .init(1), id: DeviceID("D1")!, limits: DeviceLimits(hour: 80)),
          load: DeviceLoad(sentHour: 80)),
        .init(device: Device(key: .init(2), id: DeviceID("D2")!), load: DeviceLoad(queued: 4)),
        .init(device: Device(key: .init(3), id: DeviceID("D3")!), load: DeviceLoad(queued: 1)),
      ])
    let evaluator = Evaluator(policies: [policy], fleet: fleet)
    let decision = evaluator.decide(
      Contact(id: ContactID("c1")!, assignedDevice: DeviceID("D1")), seed: 1)
    #expect(decision.fault == nil)
    #expect(decision.reason == "owner unavailable")
    #expect(decision.resolution == .use(device: 2))
  }

  @Test func `an enrolment names the policy that chose, and why that policy failed`() throws {
    let fleet = Fleet(
      tenant: TenantID("acme")!, now: Instant(milliseconds: 0),
      members: [.init(device: Device(key: .init(1), id: DeviceID("D1")!), load: DeviceLoad())])
    let silent = try policy("silent", enroll: "return nil")
    let chooser = try policy("chooser", enroll: "return use('D1', 'mine')")
    let chosen = Evaluator(policies: [silent, chooser], fleet: fleet).enroll(Lead(id: "L1"), seed: 1)
    #expect(chosen.choice == .enrol(device: .init(1), reason: "mine"))
    #expect(chosen.origin == chooser.origin && chosen.failure == nil)

    let failing = try policy("failing", enroll: "error('no')")
    let failed = Evaluator(policies: [failing, chooser], fleet: fleet).enroll(Lead(id: "L1"), seed: 1)
    #expect(failed.origin == failing.origin && failed.failure?.hasPrefix("runtime fault in failing") == true)
    let retry = Admission.retryAfterFault(at: fleet.now)
    #expect(failed.choice == .failed(until: retry, reason: try #require(failed.failure)))

    let kept = Evaluator(policies: [silent], fleet: fleet).enroll(Lead(id: "L1", device: DeviceID("D1")), seed: 1)
    #expect(kept.origin == nil && kept.choice == .enrol(device: .init(1), reason: "the lead's device"))
  }

  private func policy(_ name: String, enroll: String) throws -> CompiledPolicy {
    let source = "return { select = function() return skip() end, enroll = function(lead, fleet) \(enroll) end }"
    return try CompiledPolicy(file: name, source: Array(source.utf8))
  }
}
