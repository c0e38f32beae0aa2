import CCrypto
import Routing

/// Makes the keys under which gateways know messages: 22 upper-case hexadecimal digits, the first 11 bytes of an
/// HMAC-SHA256 with the store's secret.
///
/// The key names who is written to what, and not a row: a message that is queued again after a restore has the key of the
/// one that was lost, so that a gateway that recognises repeated keys sends it once. Another person's message never has
/// it, and neither has another store's.
package struct MessageKeys: Sendable {
  private let secret: [UInt8]

  /// `secret` is the store's, as its `store` row has it.
  package init(secret: [UInt8]) { self.secret = secret }

  /// The store's. Throws `StoreError.conflict` for a store that has lost its secret.
  package init(reading db: any SQLConnection) throws {
    guard let secret: [UInt8] = try db.value("SELECT secret FROM store WHERE id = 1") else {
      throw StoreError.conflict("expected the store's secret in the table 'store', found none: restore a backup")
    }
    self.init(secret: secret)
  }

  /// What is signed are six netstrings (https://cr.yp.to/proto/netstrings.txt): `4:acme,7:welcome,2:L1,1:1,…`. No two
  /// lists of parts have the same bytes. A contact is named by its sequence and its lead: an import may change its id.
  ///
  /// `tryNumber` counts the times that the message was certainly not sent, or was moved to another device, from 1. About a
  /// microsecond.
  package func key(
    tenant: TenantID, sequence: String, lead: String, step: Int, recipient: PhoneNumber, tryNumber: Int
  ) -> String {
    var bytes: [UInt8] = []
    for field in [tenant.text, sequence, lead, String(step), recipient.text, String(tryNumber)] {
      bytes += "\(field.utf8.count):\(field),".utf8
    }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let made = HMAC(EVP_sha256(), secret, Int32(secret.count), bytes, bytes.count, &digest, &count)
    precondition(made != nil && count == 32, "libcrypto makes no HMAC-SHA256")
    let digits = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: digest.prefix(11).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
