import Routing

/// Splits a stream of bytes into lines that end with LF or CRLF. Memory holds one line and one chunk.
struct LineSplitter {
  /// The maximum length of a line: 1 MiB without its line ending.
  static let lineBytesMax = 1_048_576

  /// One line of the stream.
  enum Line {
    /// The bytes without the line ending.
    case bytes([UInt8])
    /// Longer than 1 MiB; the line was skipped.
    case tooLong
  }

  private let source: ByteSource
  private var chunk: [UInt8] = []
  private var offset = 0
  private var isFirst = true
  /// Bytes of the stream returned as lines so far, including line endings.
  private(set) var bytesDone = 0

  init(_ source: ByteSource) { self.source = source }

  /// The next line; nil at the end. The last line does not need a line ending.
  mutating func next() throws -> Line? {
    var line: [UInt8] = []
    var isTooLong = false
    var hasBytes = false
    while true {
      if offset == chunk.count {
        guard let piece = try source.next() else {
          guard hasBytes else { return nil }
          return finish(line, isTooLong)
        }
        (chunk, offset) = (piece, 0)
        continue
      }
      let end = chunk[offset...].firstIndex(of: 0x0A) ?? chunk.count
      hasBytes = true
      if isTooLong || line.count + end - offset > LineSplitter.lineBytesMax + 1 {
        isTooLong = true
      } else {
        line.append(contentsOf: chunk[offset..<end])
      }
      let isWhole = end < chunk.count
      bytesDone += end - offset + (isWhole ? 1 : 0)
      offset = isWhole ? end + 1 : end
      if isWhole { return finish(line, isTooLong) }
    }
  }

  private mutating func finish(_ bytes: [UInt8], _ isTooLong: Bool) -> Line {
    var line = bytes
    if line.last == 0x0D { line.removeLast() }
    // Some editors put a byte order mark at the start of a file.
    if isFirst, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    isFirst = false
    return isTooLong || line.count > LineSplitter.lineBytesMax ? .tooLong : .bytes(line)
  }
}
