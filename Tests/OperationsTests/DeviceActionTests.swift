import Operations
import Routing
import Testing

struct DeviceActionTests {
  private let office: Office
  private let device = DeviceReference(DeviceID("D1")!, of: acme)

  init() throws { office = try Office() }

  @Test func `a pause lasts the given number of minutes, and is recorded`() throws {
    let until = try PauseDevice(device, minutes: 30).run(on: office.store, by: office.note(reason: "under review"))
    #expect(until == office.engine.clock.now().advanced(bySeconds: 1800))
    let line = try office.lastAudit()
    #expect((line.actor, line.systemUser, line.reason) == ("ann", "root", "under review"))
    #expect(line.subject == "device D1")
  }

  @Test func `a device that is not paused cannot be resumed`() throws {
    #expect(code { try ResumeDevice(device).run(on: office.store, by: office.note()) } == .stateConflict)
    _ = try PauseDevice(device, minutes: 1).run(on: office.store, by: office.note())
    #expect(code { try ResumeDevice(device).run(on: office.store, by: office.note()) } == nil)
  }

  @Test func `a missing device has its own error code`() {
    let stranger = DeviceReference(DeviceID("D9")!, of: acme)
    #expect(
      code { _ = try PauseDevice(stranger, minutes: 1).run(on: office.store, by: office.note()) } == .deviceNotFound)
    let abroad = DeviceReference(DeviceID("D1")!, of: TenantID("nobody")!)
    #expect(
      code { _ = try PauseDevice(abroad, minutes: 1).run(on: office.store, by: office.note()) } == .tenantNotFound)
  }

  @Test func `a status is recorded, and retired cannot be set as a status`() throws {
    try SetDeviceStatus(device, to: .offline).run(on: office.store, by: office.note())
    #expect(try office.lastAudit().subject == "device D1")
    #expect(
      code { try SetDeviceStatus(device, to: .retired).run(on: office.store, by: office.note()) } == .stateConflict)
  }

  @Test func `a device is not retired without a reason, or without a successor for its queue`() throws {
    try office.engine.decide()
    let note = office.note(reason: "given back")
    #expect(code { try RetireDevice(device).run(on: office.store, by: office.note()) } == .reasonRequired)
    #expect(code { try RetireDevice(device).run(on: office.store, by: note) } == .stateConflict)
    try RetireDevice(device, successor: DeviceID("D2")!).run(on: office.store, by: note)
    #expect(code { try RetireDevice(device).run(on: office.store, by: note) } == .stateConflict)
  }
}
