import Foundation
import Policies
import PolicyTesting
import Routing

/// A file of test cases with the policy that it tests.
package struct CaseFile: Sendable {
  /// The path as it was found, below the path that was given.
  package let path: String
  /// At least one.
  package let cases: PolicyCases
  /// Beside the file, or shipped.
  package let policy: PolicyCatalog.Entry
  /// The lines on which the cases begin; empty if the cases are not literal.
  package let lines: [Int]
  /// The file's bytes, from which reports quote lines.
  package let source: [UInt8]

  /// Reads the file and its policy. Throws a `Problem` that names the file, with the line where it is known.
  package init(_ path: String) throws {
    self.path = path
    source = try InputFile.bytes(path)
    do {
      cases = try PolicyCases(file: URL(fileURLWithPath: path).lastPathComponent, source: source)
      policy = try CaseFile.policy(cases.policy, cases.kind, beside: path)
    } catch let failure as PolicyCases.Failure {
      throw Problem(
        .invalidPolicy,
        "\(path)\(failure.line.map { ":\($0)" } ?? ""): \(failure.message)\n"
          + SourceExcerpt(source).text(line: failure.line))
    } catch let fault as Fault {
      throw Problem(.invalidPolicy, "\(path): its policy: \(fault.text)")
    }
    let lines = PolicyCases.linesOfCases(in: source)
    self.lines = lines.count == cases.count ? lines : []
  }

  /// The policy's name in reports: its path from the working directory, or its name if it is shipped.
  package var policyPath: String {
    guard let path = policy.path else { return "\(policy.name) (shipped)" }
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }

  /// The files that `usher test PATH` runs: the file itself, or all *_test.lua in and below the folder, sorted. Throws a `Problem`
  /// with the code `unreadableFile` if the path does not exist.
  package static func paths(_ path: String) throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Problem(.unreadableFile, "there is no file or folder \(path)")
    }
    guard isDirectory.boolValue else { return [path] }
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix("_test.lua") }.sorted().map { "\(path)/\($0)" }
  }

  /// A file next to the test, a path relative to it, or a shipped policy.
  private static func policy(_ name: String, _ kind: PolicyKind, beside file: String) throws -> PolicyCatalog.Entry {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    for candidate in [name, name + ".lua"] {
      let path = URL(fileURLWithPath: candidate, relativeTo: folder).path
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
        return try PolicyCatalog(rules: nil).entry(fileOrName: path)
      }
    }
    let catalog = PolicyCatalog(rules: nil)
    return try kind == .guard ? catalog.guardEntry(named: name) : catalog.entry(named: name)
  }
}
