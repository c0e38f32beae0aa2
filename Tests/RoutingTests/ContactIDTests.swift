import Routing
import Testing

struct ContactIDTests {
  @Test func `a contact's id consists of its sequence and its lead`() {
    #expect(ContactID(sequence: "welcome", lead: "L1").text == "welcome/L1")
    #expect(Lead(id: "L1", sequence: "welcome").contact == ContactID(sequence: "welcome", lead: "L1"))
  }

  @Test(arguments: [
    ("welcome/L1", "L1"), ("L1", "L1"), ("a/b/L1", "L1"), ("welcome/", "welcome"), ("/", "/"), ("", ""),
  ])
  func `the lead is what follows the last slash`(text: String, lead: String) {
    #expect(ContactID.lead(in: text) == lead)
  }
}
