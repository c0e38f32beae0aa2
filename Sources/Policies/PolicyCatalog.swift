import Foundation
import Routing

/// Finds policies by name: first in a rules folder, then among the shipped ones.
package struct PolicyCatalog: Sendable {
  /// A policy's file and its case file, if any.
  package struct Entry: Equatable, Sendable {
    /// The path below the rules folder without `.lua`, such as `guards/quiet_hours`.
    package let name: String
    /// Nil for a shipped policy.
    package let path: String?
    /// The bytes of the Lua file, unchecked.
    package let source: [UInt8]
    /// The bytes of the `_test.lua` file next to it; nil without one, as for shipped policies.
    package let cases: [UInt8]?

    /// `path` and `cases` are nil for a shipped policy.
    package init(name: String, path: String?, source: [UInt8], cases: [UInt8]?) {
      (self.name, self.path, self.source, self.cases) = (name, path, source, cases)
    }
  }

  /// The folder of guards below the rules folder, as a prefix of their names.
  package static let guardFolder = "guards/"

  /// The maximum size of a policy that is parsed, in bytes; the sandbox refuses larger ones.
  package static let sourceMax = 65_536

  /// The rules folder; nil to use only the shipped policies.
  package let rules: String?

  /// Does not access the folder, which need not exist.
  package init(rules: String?) { self.rules = rules }

  /// Whether a text can name a policy: a path that stays below the folder.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("/") && !text.split(separator: "/").contains("..")
  }

  /// Reads a policy. If it does not exist, throws a `syntax` fault that lists the places searched.
  package func entry(named name: String) throws(Fault) -> Entry {
    if let entry = try find(named: name) { return entry }
    throw missing(name)
  }

  /// The fault that lists the places searched for a policy.
  func missing(_ name: String) -> Fault {
    let shipped = ShippedPolicies.all.map(\.name).joined(separator: ", ")
    let place = rules.map { "in \($0) or among the shipped ones" } ?? "among the shipped ones"
    return Fault(.syntax, "policy '\(name)' not found \(place) (\(shipped))", code: .policyNotFound)
  }

  /// Whether a fault thrown by this catalog means that the policy does not exist, rather than that it is invalid.
  package static func saysNoPolicy(_ fault: Fault) -> Bool { fault.code == .policyNotFound }

  /// Whether a fault thrown by this catalog means that the guard does not exist.
  package static func saysNoGuard(_ fault: Fault) -> Bool { fault.code == .guardNotFound }

  /// Reads a policy; nil if it does not exist. Throws a `syntax` fault for an invalid name or file.
  package func find(named name: String) throws(Fault) -> Entry? {
    let stem = name.hasSuffix(".lua") ? String(name.dropLast(4)) : name
    guard PolicyCatalog.isName(stem) else {
      throw Fault(
        .syntax, "'\(name)' is not the name of a policy: expected a name below the rules folder",
        code: .invalidPolicyName)
    }
    if let rules, let source = try PolicyCatalog.contents(of: "\(rules)/\(stem).lua") {
      let cases = try PolicyCatalog.contents(of: "\(rules)/\(stem)_test.lua")
      return Entry(name: stem, path: "\(rules)/\(stem).lua", source: source, cases: cases)
    }
    if let source = ShippedPolicies.source(of: stem) {
      return Entry(name: stem, path: nil, source: source, cases: nil)
    }
    return nil
  }

  /// Reads a guard: a file in the folder `guards` below the rules folder, or a shipped one.
  package func guardEntry(named name: String) throws(Fault) -> Entry {
    let stem = name.hasSuffix(".lua") ? String(name.dropLast(4)) : name
    guard PolicyCatalog.isName(stem) else {
      throw Fault(
        .syntax, "'\(name)' is not the name of a guard: expected a name below the folder guards of the rules",
        code: .invalidPolicyName)
    }
    do throws(Fault) { return try entry(named: PolicyCatalog.guardFolder + stem) } catch {
      guard PolicyCatalog.saysNoPolicy(error) else { throw error }
      let shipped = ShippedPolicies.guards.map(\.name).joined(separator: ", ")
      let place = rules.map { "in \($0)/guards or among the shipped ones" } ?? "among the shipped ones"
      throw Fault(.syntax, "guard '\(name)' not found \(place) (\(shipped))", code: .guardNotFound)
    }
  }

  /// Reads the guard given by `--guard`: the file at this path if it exists, otherwise the guard of this name.
  package func guardEntry(fileOrName text: String) throws(Fault) -> Entry {
    guard try PolicyCatalog.contents(of: text) != nil else { return try guardEntry(named: text) }
    let found = try entry(fileOrName: text)
    return Entry(
      name: PolicyCatalog.guardFolder + found.name, path: found.path, source: found.source, cases: found.cases)
  }

  /// Reads the policy given by `--policy`: the file at this path if it exists, otherwise the policy of this name.
  package func entry(fileOrName text: String) throws(Fault) -> Entry {
    guard let source = try PolicyCatalog.contents(of: text) else { return try entry(named: text) }
    let url = URL(fileURLWithPath: text)
    let stem = url.deletingPathExtension().lastPathComponent
    let cases = try PolicyCatalog.contents(
      of: url.deletingLastPathComponent().appendingPathComponent("\(stem)_test.lua").path)
    return Entry(name: stem, path: text, source: source, cases: cases)
  }

  /// A file's bytes; nil if it does not exist or is not a regular file. A file that is too large for a policy or its
  /// cases is refused before it is read.
  private static func contents(of path: String) throws(Fault) -> [UInt8]? {
    // Called for each tenant in each cycle; `FileManager` takes ten times as long to report a missing file. `O_NONBLOCK`:
    // opening a pipe could otherwise block until a writer opens it.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    if status.st_size > 1 << 20 {
      throw Fault(.syntax, "\(path) is larger than 1 MiB; expected a policy of at most 64 KiB", code: .fileTooLarge)
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      let taken = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, $0.count - count) }
      if taken < 0, errno == EINTR { continue }
      guard taken >= 0 else { return nil }
      if taken == 0 { break }
      count += taken
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
