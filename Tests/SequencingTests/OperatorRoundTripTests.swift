import Routing
import RoutingTestKit
import Stores
import Testing

struct OperatorRoundTripTests {
  @Test func `operators' actions survive export and import unchanged`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", status: "offline")
    scenario.device("D2")
    scenario.sequence()
    for lead in 1...4 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario)
    try engine.decide()
    let now = engine.clock.now()
    let acme = TenantID("acme")!
    try engine.store.reassignContact(
      ContactID("welcome/L1")!, of: acme, to: DeviceID("D2")!, reason: "asked for", actor: "ops", at: now)
    _ = try engine.store.optOut("L2", of: acme, actor: "ops", at: now)
    try engine.store.pauseDevice(
      DeviceID("D2")!, of: acme, until: now.advanced(bySeconds: 60), reason: "review", actor: "ops", at: now)
    try await engine.step(seconds: 120)
    try await engine.step(seconds: 1)
    #expect(engine.gateway.sent.map(\.contact.text) == ["welcome/L1"])
    let exported = try engine.store.exportedBytes()
    let copy = try Stores.create(engine.folder.file("copy.db"))
    _ = try copy.importFile(ByteSource(exported), ImportOptions(now: now))
    #expect(try copy.exportedBytes() == exported)
    #expect(try copy.integrity().isSound)
  }
}
