import Foundation
import Policies

/// Names and finds files in the rules folder.
package enum RulesFolder {
  /// The policy that the folder itself has under a name; nil if there is none that can be read.
  package static func entry(_ name: String, in catalog: PolicyCatalog) -> PolicyCatalog.Entry? {
    guard let entry = try? catalog.entry(named: name), entry.path != nil else { return nil }
    return entry
  }

  /// Whether a file is the one that the folder has under the name.
  package static func holds(_ path: String, as name: String, in catalog: PolicyCatalog) -> Bool {
    guard let rules = catalog.rules else { return false }
    return resolved(path) == resolved("\(rules)/\(name).lua")
  }

  /// The path from the root, without `.` and `..`; links are kept.
  package static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
