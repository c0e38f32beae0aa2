import Foundation

/// Where a report goes, piece by piece: standard output, or a file that is there whole or not at all.
final class ReportOutput {
  private let path: String?
  private let temporary: String
  private let handle: FileHandle?

  /// `path` nil is standard output. Throws when no file can be made there.
  init(path: String?) throws {
    self.path = path
    temporary = (path ?? "") + ".\(getpid()).part"
    guard path != nil else {
      handle = nil
      return
    }
    guard FileManager.default.createFile(atPath: temporary, contents: nil),
      let handle = FileHandle(forWritingAtPath: temporary)
    else { throw Problem("the file \(path ?? "") cannot be written; name one in a folder that you may write to") }
    self.handle = handle
  }

  /// Whole lines.
  func put(_ bytes: [UInt8]) throws {
    guard let handle else { return Talk.put(String(decoding: bytes, as: UTF8.self)) }
    try handle.write(contentsOf: Data(bytes))
  }

  func put(_ text: String) throws {
    guard handle != nil else { return Talk.put(text) }
    try put(Array(text.utf8))
  }

  /// `mode` is the file's permissions; nil leaves them as a new file has them.
  func finish(mode: Int? = nil) throws {
    guard let path, let handle else { return }
    if let mode { fchmod(handle.fileDescriptor, mode_t(mode)) }
    try handle.synchronize()
    try handle.close()
    guard rename(temporary, path) == 0 else {
      unlink(temporary)
      throw Problem("the file \(path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}
