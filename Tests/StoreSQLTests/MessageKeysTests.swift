import Routing
import Testing

@testable import StoreSQL

struct MessageKeysTests {
  private let keys = MessageKeys(secret: Array(0..<32))

  private func key(
    _ tenant: String = "acme", _ contact: String = "welcome/L1", _ step: Int = 1, _ recipient: String = "+60123456789",
    _ attempt: Int = 1
  ) -> String {
    keys.key(
      tenant: TenantID(tenant)!, contact: ContactID(contact)!, step: step, recipient: PhoneNumber(recipient)!,
      attempt: attempt)
  }

  /// Made with Python's `hmac`, as the documentation describes it.
  @Test func `a key is the first 11 bytes of an HMAC over five netstrings`() {
    #expect(key() == "D9A8A0BA0964C546696DAF")
    #expect(key("Zürich", "a,b/L:2", 12, "+4912345", 3) == "D92642FEC4BFB0FAE9138B")
  }

  @Test func `each part of a message and the secret change its key`() {
    let others = [
      key("acme2"), key("acme", "welcome/L2"), key("acme", "welcome/L1", 2),
      key("acme", "welcome/L1", 1, "+60123456780"), key("acme", "welcome/L1", 1, "+60123456789", 2),
      MessageKeys(secret: Array(1...32)).key(
        tenant: TenantID("acme")!, contact: ContactID("welcome/L1")!, step: 1,
        recipient: PhoneNumber("+60123456789")!, attempt: 1),
    ]
    #expect(Set(others + [key()]).count == 7)
  }

  @Test func `what ends one part and begins the next is not mistaken`() {
    #expect(key("a", "1,1:bc") != key("a,1:1", "bc"))
    #expect(key("acme", "welcome/L1", 11, "+60123456789", 1) != key("acme", "welcome/L1", 1, "+60123456789", 11))
  }
}
