import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether two database files hold the same pages.
enum FileComparison {
  private static let pieceBytes = 1 << 20
  /// Header bytes that depend on how a file was written and not on its content: the change counter, its
  /// version-valid-for number, and the version of SQLite (https://www.sqlite.org/fileformat.html, 1.3).
  private static let written = [24..<28, 92..<100]

  /// Reads both files; neither may be open as a database in this process.
  static func isSameDatabase(_ first: String, _ second: String) -> Bool {
    let files = [first, second].map { openFile($0, O_RDONLY | O_CLOEXEC) }
    defer { for file in files where file >= 0 { close(file) } }
    guard files.allSatisfy({ $0 >= 0 }) else { return false }
    var isStart = true
    while true {
      var pieces = files.map(piece)
      if isStart {
        for index in pieces.indices where pieces[index].count >= 100 {
          for range in written { for byte in range { pieces[index][byte] = 0 } }
        }
      }
      isStart = false
      guard pieces[0] == pieces[1] else { return false }
      if pieces[0].isEmpty { return true }
    }
  }

  /// The next bytes of a file; fewer at its end.
  private static func piece(_ file: CInt) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: pieceBytes)
    var count = 0
    while count < bytes.count {
      let found = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, $0.count - count) }
      if found < 0, errno == EINTR { continue }
      guard found > 0 else { break }
      count += found
    }
    return Array(bytes.prefix(count))
  }
}
