import Foundation

@testable import Files

/// A folder that is removed with the test, containing a file that looks like a store.
final class FilesFolder {
  /// The first bytes of every SQLite database.
  static let database = "SQLite format 3\0 and then some pages"

  let path: String

  init() throws {
    let name = NSTemporaryDirectory() + "usher-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
    path = Path.real(name)!
    try write(FilesFolder.database, to: "usher.db")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var store: String { file("usher.db") }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
  }

  func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: file(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  var names: [String] { Path.names(in: path).sorted() }

  func mode(_ name: String) -> mode_t? { FileStatus(file(name))?.mode }
}
