import Files
import Foundation
import Policies
import PolicyLint

/// A policy file, or a file of cases, with its findings.
package struct CheckedFile: Sendable {
  /// As it was given.
  package let path: String
  /// The checked source: after the corrections, if any were written.
  package let source: [UInt8]
  /// Errors and warnings in the order of the file, without those of the rules left out.
  package let findings: [PolicyCheck.Finding]
  /// The findings that were corrected in the file; they are not among `findings`.
  package let fixed: [PolicyCheck.Finding]
  /// The findings whose fix was tried and not written, because the file would then have a new error. Those among `findings`
  /// have no fix.
  package let refused: [PolicyCheck.Finding]
}

/// Checks one file without calling its hooks.
package struct CheckPolicyFile {
  private let path: String
  private let source: [UInt8]
  private let disabled: [PolicyCheck.Rule]

  /// `path` names the file in findings and is where corrections are written; a name that ends in `_test.lua` is a file of cases.
  /// `source`: its bytes. `disabled`: rules whose findings are omitted and not corrected.
  package init(_ path: String, source: [UInt8], disabled: [PolicyCheck.Rule] = []) {
    (self.path, self.source, self.disabled) = (path, source, disabled)
  }

  /// Checks the file; with `fixes`, first writes it with all unambiguous corrections that give it no new error. Never writes a
  /// file of cases or a file that needs no correction. Throws a `Problem` if the file cannot be written, or changed since it was read.
  package func run(fixes: Bool) throws -> CheckedFile {
    guard fixes, !isCases else { return checked(source) }
    let fix = PolicyCheck.FixedFile(file: name, source: source) { !disabled.contains($0.rule) }
    if !fix.fixed.isEmpty { try write(fix.source) }
    return checked(fix.source, fixed: fix.fixed, refused: fix.refused)
  }

  private func checked(
    _ source: [UInt8], fixed: [PolicyCheck.Finding] = [], refused: [PolicyCheck.Finding] = []
  ) -> CheckedFile {
    let all =
      isCases
      ? PolicyCheck.findings(inCases: name + ".lua", source: source)
      : PolicyCheck(file: name, source: source).findings
    let findings = all.filter { !disabled.contains($0.rule) }.map { finding in
      finding.fix != nil && refused.contains { $0.fix == finding.fix } ? finding.withoutFix : finding
    }
    return CheckedFile(path: path, source: source, findings: findings, fixed: fixed, refused: refused)
  }

  /// The name of its policy, or of its cases.
  private var name: String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
  }

  private var isCases: Bool { name.hasSuffix("_test") && path.hasSuffix(".lua") }

  /// Writes a new file and renames it into place: readers see the old file or the new one, and a link stays a link.
  private func write(_ bytes: [UInt8]) throws {
    let place = try Self.place(of: path)
    guard FileManager.default.contents(atPath: place).map({ Array($0) }) == source else {
      throw Problem(.changedMeanwhile, "\(path) changed while it was being checked; nothing was written")
    }
    do throws(FileProblem) {
      let output = try OutputFile(place, for: .lua, mode: .ordinary, stores: [])
      try output.write(bytes)
      try output.finish()
    } catch { throw Problem(.unwritableFile, error.description) }
  }

  /// The path of a regular file, with links resolved. Throws a `Problem` for anything else, since a device or a pipe would be
  /// replaced by a file.
  package static func place(of path: String) throws -> String {
    guard let place = Path.real(path) else {
      throw Problem(
        .unwritableFile, "--fix: expected a writable file at \(path), found none; nothing was written")
    }
    guard FileStatus(place)?.isRegular == true else {
      throw Problem(
        .unwritableFile,
        "--fix: expected a regular file at \(path), found something else; nothing was written")
    }
    return place
  }
}
