import CCrypto
import Routing

/// SHA-256 (FIPS 180-4), computed by the system's libcrypto.
package enum Digest {
  /// `sha256:` and 64 hexadecimal digits.
  package static func sha256(_ bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let done = EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    precondition(done == 1, "libcrypto has no SHA-256")
    return text(of: digest)
  }

  /// Formats a digest of 32 bytes.
  static func text(of digest: [UInt8]) -> String {
    let hex = Array("0123456789abcdef".utf8)
    return "sha256:"
      + String(decoding: digest.flatMap { [hex[Int($0 >> 4)], hex[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension PolicyText {
  /// The source of a policy's file.
  package init(policy: String, source: [UInt8]) { self.init(policy: policy, digest: Digest.sha256(source)) }

  /// The source of a revision.
  package init(of revision: PolicyRevision) { self.init(policy: revision.policy, source: Array(revision.source.utf8)) }
}
