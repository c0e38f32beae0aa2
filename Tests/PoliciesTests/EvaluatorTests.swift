import Routing
import Testing

@testable import Policies

struct EvaluatorTests {
  @Test func `the fallback takes over from an owner that is full`() throws {
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
}
