import Files
import Foundation
import Operations
import Policies
import PolicyLint

/// A file that `usher check` looks at.
struct CheckedFile {
  /// As it was given.
  let path: String
  let source: [UInt8]

  init(_ path: String) throws {
    self.path = path
    source = try readInput(path)
  }

  private init(_ path: String, source: [UInt8]) { (self.path, self.source) = (path, source) }

  /// The name of its policy, or of its cases.
  private var name: String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
  }

  private var isCases: Bool { name.hasSuffix("_test") && path.hasSuffix(".lua") }

  var findings: [PolicyCheck.Finding] {
    isCases
      ? PolicyCheck.findings(inCases: name + ".lua", source: source)
      : PolicyCheck(file: name, source: source).findings
  }

  /// Writes the file with everything mended whose mend is certain, and says what was. Nothing is written when nothing is.
  func mend(leaving disabled: [PolicyCheck.Rule]) throws -> CheckedFile {
    guard !isCases else { return self }
    let mend = PolicyCheck.Mend(file: name, source: source) { !disabled.contains($0.rule) }
    guard !mend.mended.isEmpty else { return self }
    try write(mend.source)
    for finding in mend.mended {
      let place = [finding.line, finding.column].compactMap { $0.map(String.init) }.joined(separator: ":")
      Talk.say("\(path):\(place): mended: \(finding.fix?.summary ?? finding.message) [\(finding.rule.rawValue)]")
    }
    return CheckedFile(path, source: mend.source)
  }

  /// Beside its place, then renamed: who reads meanwhile sees the old file or the new one, and a link stays one.
  private func write(_ bytes: [UInt8]) throws {
    let place = try CheckedFile.place(of: path)
    guard Self.contents(of: place) == source else {
      throw Problem(.invalidInput, "\(path) was changed by somebody else while it was checked; nothing was written")
    }
    let output = try ReportOutput(path: place, for: .lua, mode: .ordinary, store: nil)
    try output.put(bytes)
    try output.finish()
  }

  /// The path of a regular file, without the links on the way. Throws for what is none: a device or a pipe would be
  /// replaced by a file.
  static func place(of path: String) throws -> String {
    guard let place = Path.real(path) else {
      throw Problem(
        .invalidInput, "--fix: expected a file that can be written at \(path), found none; nothing was written")
    }
    guard FileStatus(place)?.isRegular == true else {
      throw Problem(
        .invalidInput,
        "--fix: expected a file that can be written at \(path), found something else; nothing was written")
    }
    return place
  }

  private static func contents(of path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { Array($0) }
  }
}
