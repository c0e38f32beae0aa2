import Foundation
import Routing

extension ByteSource {
  /// The largest input that is kept in memory instead of a temporary file, in bytes.
  package static let inputInMemoryMax = 1_048_576

  /// A file, pipe or terminal as a source that can be read again. A regular file is read where it is, from its current
  /// position. Anything else is read to its end first, however long that takes: beyond 1 MiB into a temporary file that
  /// only its owner can read and that has no name.
  ///
  /// Throws `unreadableFile` if the temporary file cannot be written. The caller closes `handle` after the import.
  package static func input(_ handle: FileHandle) throws -> ByteSource {
    var status = stat()
    if fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      return rereadable(handle, from: try handle.offset())
    }
    var bytes: [UInt8] = []
    while let piece = try piece(of: handle) {
      bytes += piece
      if bytes.count > inputInMemoryMax { return try spooled(bytes, then: handle) }
    }
    return inMemory(bytes)
  }

  private static func inMemory(_ bytes: [UInt8]) -> ByteSource {
    let source = ByteSource(bytes)
    return ByteSource(again: { inMemory(bytes) }, next: source.next)
  }

  /// Reads from an offset, whatever was read before.
  private static func rereadable(_ handle: FileHandle, from start: UInt64) -> ByteSource {
    ByteSource(
      again: {
        try handle.seek(toOffset: start)
        return rereadable(handle, from: start)
      }, next: { try piece(of: handle) })
  }

  private static func piece(of handle: FileHandle) throws -> [UInt8]? {
    guard let data = try handle.read(upToCount: chunkBytes), !data.isEmpty else { return nil }
    return [UInt8](data)
  }

  /// Writes `bytes` and the rest of `handle` to a temporary file.
  private static func spooled(_ bytes: [UInt8], then handle: FileHandle) throws -> ByteSource {
    let folder = FileManager.default.temporaryDirectory.path
    var path = Array("\(folder)/usher-input-XXXXXX".utf8CString)
    // Creates the file with the mode 0600.
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw unwritable(folder) }
    unlink(path)
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var next: [UInt8]? = bytes
    while let piece = next {
      do { try file.write(contentsOf: Data(piece)) } catch { throw unwritable(folder) }
      next = try Self.piece(of: handle)
    }
    try file.seek(toOffset: 0)
    return rereadable(file, from: 0)
  }

  private static func unwritable(_ folder: String) -> Problem {
    Problem(
      .unreadableFile,
      "expected space for a temporary file in \(folder), found none: free some, or set TMPDIR to another folder")
  }
}
