import CCrypto
import Routing

/// Makes the keys under which gateways know messages: 22 upper-case hexadecimal digits, the first 11 bytes of an
/// HMAC-SHA256 with the store's secret.
///
/// The key identifies the recipient and the step instead of a row. A message that is queued again after a restore has
/// the key of the lost one, and a gateway that recognises repeated keys sends it once. Messages to other people and
/// those of other stores never have the same key.
package struct MessageKeys: Sendable {
  private let secret: [UInt8]

  /// `secret` comes from the store's `store` row.
  package init(secret: [UInt8]) { self.secret = secret }

  /// Reads the store's secret. Throws `StoreError.conflict` if the store has lost it.
  package init(reading db: any SQLConnection) throws {
    guard let secret: [UInt8] = try db.value("SELECT secret FROM store WHERE id = 1") else {
      throw StoreError.conflict("expected the store's secret in the table 'store', found none: restore a backup")
    }
    self.init(secret: secret)
  }

  /// Signs six netstrings (https://cr.yp.to/proto/netstrings.txt): `4:acme,7:welcome,2:L1,1:1,…`. Two different lists
  /// never have the same bytes. A contact is identified by its sequence and lead, because an import may change its id.
  ///
  /// `tryNumber` counts from 1 and increases when the message was certainly not sent or moves to another device. Takes
  /// about a microsecond.
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
