import Routing
import Testing

/// Which contacts a canary or shadow gets.
struct ContactShareTests {
  private let contacts = (0..<20_000).map { ContactID(stored: "welcome/L\($0)") }

  private func share(_ percent: Int, salt: Int64 = 7) -> ContactShare {
    ContactShare(partsPerMillion: percent * 10_000, salt: salt)
  }

  @Test func `a contact's position is the same on every machine and in every version`() {
    // Computed by another program from the same formula. Changing these numbers would move contacts between the sides of
    // a running canary.
    #expect(ContactShare.place(of: ContactID("welcome/L1")!, salt: 1) == 133_047)
    #expect(ContactShare.place(of: ContactID("welcome/L1")!, salt: 2) == 544_956)
    #expect(ContactShare.place(of: ContactID("welcome/L2")!, salt: 1) == 997_110)
  }

  @Test func `a new canary's share is salted with the generation that it begins`() {
    #expect(ContactShare.beginning(after: 0, partsPerMillion: 5) == ContactShare(partsPerMillion: 5, salt: 1))
    #expect(ContactShare.beginning(after: 6, partsPerMillion: 100_000) == share(10, salt: 7))
  }

  @Test(arguments: [1, 10, 50, 90])
  func `a share contains about its percentage of the contacts`(percent: Int) {
    let count = contacts.count { share(percent).contains($0) }
    let expected = contacts.count * percent / 100
    // Five standard deviations of a binomial count.
    let deviation = (Double(expected) * Double(100 - percent) / 100).squareRoot()
    #expect(abs(Double(count - expected)) < 5 * deviation)
  }

  @Test func `widening adds contacts and removes none`() {
    var before: Set<ContactID> = []
    for percent in [1, 5, 25, 60, 100] {
      let now = Set(contacts.filter(share(percent).contains))
      #expect(now.isSuperset(of: before) && now.count > before.count)
      before = now
    }
    #expect(before.count == contacts.count, "all of them have everyone")
  }

  @Test func `another canary begins with other contacts`() {
    let (one, other) = (share(10, salt: 7), share(10, salt: 8))
    let both = contacts.count { one.contains($0) && other.contains($0) }
    #expect((100...300).contains(both), "a tenth of a tenth, found \(both)")
  }
}
