import Policies
import Routing
import Synchronization

/// The digest of bytes on their way to an import.
final class DigestedSource: Sendable {
  private let stream = Mutex(DigestStream())

  /// Hands on what `source` gives.
  func passing(_ source: ByteSource) -> ByteSource {
    ByteSource {
      guard let bytes = try source.next() else { return nil }
      self.stream.withLock { $0.append(bytes) }
      return bytes
    }
  }

  /// Of all that passed. To be called once.
  func digest() -> String { stream.withLock { $0.finish() } }
}
