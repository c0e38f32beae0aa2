import Routing
import Testing

@testable import StoreSQL

struct MessageKeysTests {
  private let keys = MessageKeys(secret: Array(0..<32))

  private func key(
    _ tenant: String = "acme", _ sequence: String = "welcome", _ lead: String = "L1", _ step: Int = 1,
    _ recipient: String = "+60123456789",
    _ attempt: Int = 1
  ) -> String {
    keys.key(
      tenant: TenantID(tenant)!, sequence: sequence, lead: lead, step: step, recipient: PhoneNumber(recipient)!,
      tryNumber: attempt)
  }

  /// Computed with Python's `hmac`, following the documentation.
  @Test func `a key is the first 11 bytes of an HMAC over six netstrings`() {
    #expect(key() == "F5B01DC42BC2FF6E5AECB0")
    #expect(key("Zürich", "a,b", "L:2", 12, "+4912345", 3) == "C6071182B9FF19A62F375E")
  }

  @Test func `each part of a message and the secret change its key`() {
    let others = [
      key("acme2"), key("acme", "welcome2"), key("acme", "welcome", "L2"), key("acme", "welcome", "L1", 2),
      key("acme", "welcome", "L1", 1, "+60123456780"), key("acme", "welcome", "L1", 1, "+60123456789", 2),
      MessageKeys(secret: Array(1...32)).key(
        tenant: TenantID("acme")!, sequence: "welcome", lead: "L1", step: 1, recipient: PhoneNumber("+60123456789")!,
        tryNumber: 1),
    ]
    #expect(Set(others + [key()]).count == 8)
  }

  @Test func `moving text from one part to the next changes the key`() {
    #expect(key("acme", "1,1:bc", "d") != key("acme", "1", "bc,1:d"))
    #expect(key("acme", "a/b", "c") != key("acme", "a", "b/c"))
    #expect(key("acme", "welcome", "L1", 11, "+60123456789", 1) != key("acme", "welcome", "L1", 1, "+60123456789", 11))
  }
}
