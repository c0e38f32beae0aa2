import Foundation

/// A file that a person named to be read.
package enum InputFile {
  /// All its bytes. Throws a `Problem` with the code `unreadableFile` if there is no such file, if it is a folder, or if it cannot
  /// be read.
  package static func bytes(_ path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Problem(.unreadableFile, "there is no file \(path)")
    }
    guard !isDirectory.boolValue, let data = FileManager.default.contents(atPath: path) else {
      throw Problem(
        .unreadableFile,
        "expected a file that can be read at \(path), found \(isDirectory.boolValue ? "a folder" : "none")")
    }
    return Array(data)
  }
}
