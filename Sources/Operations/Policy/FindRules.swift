import Foundation
import Policies

/// Finds the rules folder of a store.
package struct FindRules {
  private let folder: String?
  private let store: String

  /// `folder`: the folder that was named, or nil. `store`: the path of the store's file.
  package init(_ folder: String?, store: String) { (self.folder, self.store) = (folder, store) }

  /// The named folder; otherwise the folder `Rules` next to the store; only the shipped policies if that does not exist.
  /// Throws `Problem` if the named folder does not exist.
  package func run() throws(Problem) -> PolicyCatalog {
    if let folder {
      guard isFolder(folder) else {
        throw Problem(.unreadableFile, "expected a folder of policies at \(folder), found none")
      }
      return PolicyCatalog(rules: folder)
    }
    let beside = URL(fileURLWithPath: store).deletingLastPathComponent().appendingPathComponent("Rules").path
    return PolicyCatalog(rules: isFolder(beside) ? beside : nil)
  }

  private func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
