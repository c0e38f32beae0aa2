import Foundation

/// An unnamed file for a process's standard stream; it disappears when nobody has it open.
///
/// Unlike a pipe it never blocks the writer, and it can be read while it is written.
struct NamelessFile {
  let handle: FileHandle

  init(_ bytes: [UInt8] = []) throws {
    let path = NSTemporaryDirectory() + "usher-stream-" + UUID().uuidString
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    unlink(path)
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: Data(bytes))
    try handle.seek(toOffset: 0)
  }

  /// The contents cannot be read afterwards.
  func close() { try? handle.close() }

  /// The current contents. Does not change the offset, which the process shares.
  var contents: [UInt8] {
    let size = self.size
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(handle.fileDescriptor, &bytes, size, 0)
    return Array(bytes.prefix(max(count, 0)))
  }

  private var size: Int {
    var status = stat()
    return fstat(handle.fileDescriptor, &status) == 0 ? Int(status.st_size) : 0
  }
}
