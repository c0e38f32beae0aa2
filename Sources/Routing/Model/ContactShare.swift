/// A share of a tenant's contacts: always the same ones, and more of the same when it is widened.
package struct ContactShare: Equatable, Sendable {
  /// Parts of a million, 1 to 1,000,000.
  package let partsPerMillion: Int
  /// Which contacts a share begins with: the generation that it began in, so that another trial begins with others.
  package let salt: Int64

  /// All contacts, in parts of a million.
  package static let whole = 1_000_000

  /// Traps unless `partsPerMillion` is 1 to 1,000,000.
  package init(partsPerMillion: Int, salt: Int64) {
    precondition((1...ContactShare.whole).contains(partsPerMillion), "a share is 1 to 1,000,000 parts of a million")
    (self.partsPerMillion, self.salt) = (partsPerMillion, salt)
  }

  /// The share of a trial that begins with the generation after the one numbered `last`.
  package static func beginning(after last: Int64, partsPerMillion: Int) -> ContactShare {
    ContactShare(partsPerMillion: partsPerMillion, salt: last + 1)
  }

  /// Whether a contact belongs to it: a function of salt and id, the same on every machine.
  package func contains(_ contact: ContactID) -> Bool { ContactShare.place(of: contact, salt: salt) < partsPerMillion }

  /// Where a contact stands, from 0 below a million.
  package static func place(of contact: ContactID, salt: Int64) -> Int {
    // FNV-1a over the id, as for seeds: short, and the same everywhere, which `Hasher` is not.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in contact.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let mixed = SeededRandom.mix(hash ^ SeededRandom.mix(UInt64(bitPattern: salt) &+ 0x5348_4152))
    return Int(mixed.multipliedFullWidth(by: UInt64(whole)).high)
  }

  /// The same contacts and more, or fewer of them.
  package func widened(to partsPerMillion: Int) -> ContactShare {
    ContactShare(partsPerMillion: partsPerMillion, salt: salt)
  }
}
