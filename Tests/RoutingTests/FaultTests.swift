import Testing

@testable import Routing

/// The reasons of faults, as reports group them: without the contact and the value that a fault names.
struct FaultTests {
  private static let message = "runtime fault in spend, line 4: attempt to compare number with string"

  @Test(arguments: [
    "contact.attributes.spent of welcome/L7 is \"1,250.00\"", "contact.name of welcome/L7 is a text",
    "contact.attributes.note of welcome/L7 is \"see: contact Bob of device D1\"", "contact welcome/L7",
    "contact.attributes.note of welcome/L7 is \"a: Bob of device D1\"",
    "id of device D1 is \"D1\", for contact welcome/L7", "tags of device acme:1 is nil, for lead L7",
    "lead.attributes.city of L7 is nil", "lead L7",
  ])
  func `the cause is left out`(cause: String) {
    let reason = Self.message + Fault.causeSeparator + cause
    #expect(Fault.withoutCause(reason, .luaError) == Self.message)
    let aside = "set aside after 5 faults in a row: "
    #expect(Fault.withoutCause(aside + reason, .setAside) == aside + Self.message)
  }

  @Test func `a fault whose message a script wrote has no code, and is grouped too`() {
    let message = "runtime fault in spend, line 4: no price"
    #expect(Fault.withoutCause(message + ": contact.attributes.spent of welcome/L7 is nil", nil) == message)
    #expect(Fault.withoutCause(message + ": contact welcome/L7", nil) == message)
  }

  @Test(arguments: [
    Self.message, "this contact's row cannot be read: limits", "no policy had an opinion",
    "the step's text is empty for this contact", "set aside after 5 faults in a row: \(Self.message)",
  ])
  func `a text without a cause stays as it is`(reason: String) {
    #expect(Fault.withoutCause(reason, .luaError) == reason)
    #expect(Fault.withoutCause(reason, nil) == reason)
  }

  @Test(arguments: ["ask first: contact the owner of device D1", "waits: lead time", "id of device D1 is full"])
  func `the reason of a policy stays as it is`(reason: String) {
    #expect(Fault.withoutCause(reason, nil) == reason)
  }
}
