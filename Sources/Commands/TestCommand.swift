import ArgumentParser
import Foundation
import Policies
import Routing
import Wire

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the cases of policies: files named *_test.lua.",
    discussion: """
      Takes files and folders; without any, the folder 'Rules'. No case found is a failure.

        usher test
        usher test Rules/fallback_test.lua
      """)

  @Argument(help: "Files or folders.") var paths: [String] = []
  @OptionGroup var format: FormatOptions

  func run() throws {
    let files = try (paths.isEmpty ? ["Rules"] : paths).flatMap(Self.testFiles)
    guard !files.isEmpty else { throw Problem("no *_test.lua was found in \(paths.joined(separator: ", "))") }
    var listing = Listing(["file", "case", "holds", "differences", "reason"])
    var failures = 0
    for file in files {
      let (results, lines, entry) = try Self.run(file)
      for (place, result) in results.enumerated() {
        listing.add([
          .string(file), .string(result.name), .bool(result.holds),
          .array(result.differences.map { .string($0) }), .string(result.reason),
        ])
        if result.holds { continue }
        failures += 1
        if format.format == .table {
          let line = results.count == lines.count ? ":\(lines[place])" : ""
          Talk.put("\(file)\(line): \(terminalSafe(result.name))\n")
          for difference in result.differences { Talk.put("  \(terminalSafe(difference))\n") }
          if let fault = result.fault {
            Talk.put(fault.text(in: entry.path ?? entry.name, source: entry.source))
          } else {
            Talk.put("  the policy's reason: \(terminalSafe(result.reason))\n")
          }
        }
      }
    }
    if format.format != .table { Talk.put(listing.text(format.format)) }
    Talk.say("\(listing.rows.count - failures) passed, \(failures) failed")
    if failures > 0 { throw ExitCode(1) }
  }

  /// What came of the cases, the lines on which they stand where those are known, and the policy.
  private static func run(_ file: String) throws -> ([PolicyCases.Result], lines: [Int], PolicyCatalog.Entry) {
    let source = try readInput(file)
    do {
      let cases = try PolicyCases(file: URL(fileURLWithPath: file).lastPathComponent, source: source)
      let entry = try policy(cases.policy, cases.kind, beside: file)
      do throws(Fault) {
        let results = try cases.run(policy: entry.name, source: entry.source)
        return (results, PolicyCheck.linesOfCases(in: source), entry)
      } catch {
        let text = error.text(in: entry.path ?? entry.name, source: entry.source)
        throw Problem("\(file): its policy cannot be used\n\(text)")
      }
    } catch let failure as PolicyCases.Failure {
      throw Problem(
        "\(file)\(failure.line.map { ":\($0)" } ?? ""): \(failure.message)\n"
          + SourceExcerpt(source).text(line: failure.line))
    } catch let fault as Fault {
      throw Problem("\(file): its policy: \(fault.text)")
    }
  }

  /// A file beside the test, a path from there, or a shipped policy.
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

  private static func testFiles(_ path: String) throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Problem("there is no file or folder \(path)")
    }
    guard isDirectory.boolValue else { return [path] }
    let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix("_test.lua") }.sorted().map { "\(path)/\($0)" }
  }
}
