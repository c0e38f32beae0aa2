import Foundation
import Routing

/// Finds policies by name: in a rules folder first, then among the shipped ones.
package struct PolicyCatalog: Sendable {
  /// A policy's file and, where there is one, the file of its cases.
  package struct Entry: Equatable, Sendable {
    package let name: String
    /// Nil for a shipped policy.
    package let path: String?
    package let source: [UInt8]
    package let cases: [UInt8]?
  }

  /// The folder, or nil for the shipped policies alone.
  package let rules: String?

  package init(rules: String?) { self.rules = rules }

  /// Reads a policy. Throws a `syntax` fault that says where it was looked for.
  package func entry(named name: String) throws(Fault) -> Entry {
    let stem = name.hasSuffix(".lua") ? String(name.dropLast(4)) : name
    guard !stem.isEmpty, !stem.hasPrefix("/"), !stem.split(separator: "/").contains("..") else {
      throw Fault(.syntax, "'\(name)' is not the name of a policy: expected a name below the rules folder")
    }
    if let rules, let source = FileManager.default.contents(atPath: "\(rules)/\(stem).lua") {
      let cases = FileManager.default.contents(atPath: "\(rules)/\(stem)_test.lua")
      return Entry(name: stem, path: "\(rules)/\(stem).lua", source: Array(source), cases: cases.map { Array($0) })
    }
    if let source = ShippedPolicies.source(of: stem) {
      return Entry(name: stem, path: nil, source: source, cases: nil)
    }
    let shipped = ShippedPolicies.all.map(\.name).joined(separator: ", ")
    let place = rules.map { "in \($0) nor among the shipped ones" } ?? "among the shipped ones"
    throw Fault(.syntax, "there is no policy '\(name)' \(place) (\(shipped))")
  }

  /// Reads what `--policy` names: a file if there is one at that path, else a policy by name.
  package func entry(fileOrName text: String) throws(Fault) -> Entry {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: text, isDirectory: &isDirectory), !isDirectory.boolValue,
      let source = FileManager.default.contents(atPath: text)
    else { return try entry(named: text) }
    let url = URL(fileURLWithPath: text)
    let stem = url.deletingPathExtension().lastPathComponent
    let cases = FileManager.default.contents(
      atPath: url.deletingLastPathComponent().appendingPathComponent("\(stem)_test.lua").path)
    return Entry(name: stem, path: text, source: Array(source), cases: cases.map { Array($0) })
  }
}
