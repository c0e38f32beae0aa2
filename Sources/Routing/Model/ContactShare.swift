/// A fixed share of a tenant's contacts. A wider share with the same salt contains the narrower one.
package struct ContactShare: Equatable, Sendable {
  /// Parts of a million, 1 to 1,000,000.
  package let partsPerMillion: Int
  /// Determines which contacts are included first. It is the generation in which the share began, so that another canary
  /// begins with other contacts.
  package let salt: Int64

  /// All contacts, in parts of a million.
  package static let whole = 1_000_000

  /// Traps unless `partsPerMillion` is 1 to 1,000,000.
  package init(partsPerMillion: Int, salt: Int64) {
    precondition((1...ContactShare.whole).contains(partsPerMillion), "a share is 1 to 1,000,000 parts of a million")
    (self.partsPerMillion, self.salt) = (partsPerMillion, salt)
  }

  /// The share of a canary that begins with the generation after `last`.
  package static func beginning(after last: Int64, partsPerMillion: Int) -> ContactShare {
    ContactShare(partsPerMillion: partsPerMillion, salt: last + 1)
  }

  /// Whether a contact belongs to the share. Depends only on salt and id, so the result is the same on every machine.
  package func contains(_ contact: ContactID) -> Bool { ContactShare.place(of: contact, salt: salt) < partsPerMillion }

  /// A contact's position, from 0 to 999,999. A share contains the positions below its size.
  package static func place(of contact: ContactID, salt: Int64) -> Int {
    // FNV-1a over the id, as for seeds: short, and stable across processes, unlike `Hasher`.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in contact.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let mixed = SeededRandom.mix(hash ^ SeededRandom.mix(UInt64(bitPattern: salt) &+ 0x5348_4152))
    return Int(mixed.multipliedFullWidth(by: UInt64(whole)).high)
  }

  /// A share with the same salt: more of the same contacts, or fewer.
  package func widened(to partsPerMillion: Int) -> ContactShare {
    ContactShare(partsPerMillion: partsPerMillion, salt: salt)
  }
}
