import Foundation

/// Reads a file that the user named.
package enum InputFile {
  /// All its bytes. Throws a `Problem` with the code `unreadableFile` if the file does not exist, is a folder, or cannot be read.
  package static func bytes(_ path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Problem(.unreadableFile, "there is no file \(path)")
    }
    guard !isDirectory.boolValue, let data = FileManager.default.contents(atPath: path) else {
      throw Problem(
        .unreadableFile,
        "expected a readable file at \(path), found \(isDirectory.boolValue ? "a folder" : "no file")")
    }
    return Array(data)
  }
}
