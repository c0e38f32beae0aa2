import CCrypto

/// SHA-256 of bytes that arrive in chunks, for data too large for memory.
package final class DigestStream {
  /// libcrypto's state: created by `init`, used only by this class, freed by `deinit`.
  private let context: OpaquePointer

  /// An empty stream. Traps if the linked libcrypto lacks SHA-256.
  package init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto has no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds the next chunk, of any length. Must not be called after `finish`.
  package func append(_ bytes: [UInt8]) {
    let done = EVP_DigestUpdate(context, bytes, bytes.count)
    precondition(done == 1, "libcrypto accepts bytes of any length")
  }

  /// `sha256:` and 64 hexadecimal digits. Ends the stream; must be called only once.
  package func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let done = EVP_DigestFinal_ex(context, &digest, nil)
    precondition(done == 1, "a digest is finished once")
    return Digest.text(of: digest)
  }
}
