import Operations
import Routing
import Testing

struct ContactActionTests {
  private let office: Office
  private let contact = ContactReference(ContactID("welcome/L0")!, of: acme)

  init() throws {
    office = try Office()
    try office.engine.decide()
  }

  @Test func `a contact belongs to the device it is assigned to`() throws {
    try ReassignContact(contact, to: DeviceID("D2")!).run(on: office.store, by: office.note())
    #expect(try ContactQuery(contact).run(on: office.store).assignedDevice?.text == "D2")
    #expect(
      code { try ReassignContact(contact, to: DeviceID("D9")!).run(on: office.store, by: office.note()) }
        == .deviceNotFound)
  }

  @Test func `retry without a failed message sends nothing`() {
    #expect(code { try RetryContact(contact).run(on: office.store, by: office.note()) } == .stateConflict)
  }

  @Test func `a lead opts out once, by its id, its number or its contact`() throws {
    let first = try OptOutLead("welcome/L0", of: acme).run(on: office.store, by: office.note())
    #expect((first.lead, first.wasOptedOut, first.cancelledContacts) == ("L0", false, 1))
    let second = try OptOutLead("L0", of: acme).run(on: office.store, by: office.note())
    #expect((second.lead, second.wasOptedOut, second.cancelledContacts) == ("L0", true, 0))
    #expect(code { _ = try OptOutLead("nobody", of: acme).run(on: office.store, by: office.note()) } == .leadNotFound)
  }

  @Test func `a missing contact has its own error code`() {
    let stranger = ContactReference(ContactID("welcome/L9")!, of: acme)
    #expect(code { _ = try ContactQuery(stranger).run(on: office.store) } == .contactNotFound)
  }
}
