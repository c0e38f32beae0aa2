import Foundation
import Routing

extension ByteSource {
  /// Reads a file or a pipe from its current position, 256 KiB at a time. The caller closes it.
  init(_ handle: FileHandle) {
    self.init {
      guard let data = try handle.read(upToCount: ByteSource.chunkBytes), !data.isEmpty else { return nil }
      return [UInt8](data)
    }
  }
}
