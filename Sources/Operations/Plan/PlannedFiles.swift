import DryRun
import Files
import Foundation
import Policies
import Routing

/// The files of a plan that are to be copied into the rules folder.
final class PlannedFiles {
  private let plan: Plan
  private let catalog: PolicyCatalog
  /// The store that this process has open.
  private let store: String
  /// The policies after the plan is applied, by name.
  private(set) var entries: [String: PolicyCatalog.Entry] = [:]
  /// How they differ from the policies of the dry run.
  private(set) var problems: [String] = []
  private var written: [(path: String, before: [UInt8]?)] = []

  /// Reads the candidates again. `problems` lists differences from the plan.
  init(_ plan: Plan, catalog: PolicyCatalog, store: String) {
    (self.plan, self.catalog, self.store) = (plan, catalog, store)
    for source in plan.sources { read(source) }
  }

  /// The files that were copied into the folder.
  var paths: [String] { written.map(\.path) }

  private func read(_ source: Plan.Source) {
    guard PolicyCatalog.isName(source.name) else {
      problems.append("'\(source.name)' is not the name of a policy: expected a name below the rules folder")
      return
    }
    if let path = source.path, !FileManager.default.fileExists(atPath: path) {
      problems.append("the file \(path) no longer exists")
      return
    }
    let entry: PolicyCatalog.Entry
    do throws(Fault) {
      if let path = source.path {
        entry = try catalog.entry(fileOrName: path)
      } else {
        entry = try catalog.entry(named: source.name)
      }
    } catch {
      problems.append("policy \(source.name): \(error.message)")
      return
    }
    guard Digest.sha256(entry.source) == source.digest, entry.cases.map(Digest.sha256) == source.cases else {
      let place = entry.path ?? "the shipped policy \(source.name)"
      problems.append("\(place) or its cases changed since the dry run")
      return
    }
    entries[source.name] = PolicyCatalog.Entry(
      name: source.name, path: entry.path, source: entry.source, cases: entry.cases)
  }

  // MARK: - Into the folder

  /// Why they cannot be copied there: another file would be overwritten, or a tenant outside the plan would get them.
  func obstacles(_ basis: PlanBasis) -> [String] {
    foreign.flatMap { source, _ -> [String] in
      guard let rules = catalog.rules else {
        return [
          "policy \(source.name) is outside the rules folder, and no rules folder exists: name one with --rules, or "
            + "create the folder Rules next to the store and restart serve"
        ]
      }
      var found: [String] = []
      let tenants = basis.others.filter { $0.policies.contains(source.name) }.map { "'\($0.id)'" }
      if !tenants.isEmpty {
        found.append(
          "tenant \(tenants.joined(separator: ", ")) also lists '\(source.name)' and was not part of the dry run: rename the "
            + "file, or repeat the dry run for all tenants")
      }
      if let obstacle = obstacle(source, in: rules) { found.append(obstacle) }
      return found
    }
  }

  /// The plan's files that the folder does not contain unchanged.
  private var foreign: [(Plan.Source, PolicyCatalog.Entry)] {
    plan.sources.compactMap { source in
      guard let entry = entries[source.name], let path = entry.path,
        !RulesFolder.holds(path, as: source.name, in: catalog)
      else { return nil }
      let current = RulesFolder.entry(source.name, in: catalog)
      if current?.source == entry.source, current?.cases == entry.cases { return nil }
      return (source, entry)
    }
  }

  private func obstacle(_ source: Plan.Source, in rules: String) -> String? {
    let path = "\(rules)/\(source.name).lua"
    let (folder, real) = (URL(fileURLWithPath: path).deletingLastPathComponent(), URL(fileURLWithPath: rules))
    let places = (folder.resolvingSymlinksInPath().path + "/", real.resolvingSymlinksInPath().path + "/")
    guard places.0.hasPrefix(places.1) else { return "\(folder.path) is a link that leads outside the rules folder" }
    guard let current = RulesFolder.entry(source.name, in: catalog) else {
      // No live policy has this path, so any file here belongs to somebody.
      let taken = [path, "\(rules)/\(source.name)_test.lua"].first {
        (try? FileManager.default.attributesOfItem(atPath: $0)) != nil
      }
      return taken.map { "\($0) already exists and would be overwritten: move it, or rename the new file" }
    }
    let found = Plan.Replaced(digest: Digest.sha256(current.source), cases: current.cases.map(Digest.sha256))
    guard found == source.replaced else { return "\(path) or its cases changed since the dry run" }
    guard found.digest == source.digest || plan.decidesNow(source.name, found.digest) else {
      return
        "\(path) differs from the live revision and would be overwritten: move it, or rename the new file"
    }
    // The cases that remain there would be run with the new file.
    if source.cases == nil, found.cases != nil {
      return "\(rules)/\(source.name)_test.lua has cases for the existing file: put cases next to the new file"
    }
    return nil
  }

  /// Writes each file under another name and renames it, cases first: readers see the old file or the new one.
  func put() throws {
    guard let rules = catalog.rules else { return }
    for (source, entry) in foreign {
      if let cases = entry.cases { try put(cases, at: "\(rules)/\(source.name)_test.lua") }
      try put(entry.source, at: "\(rules)/\(source.name).lua")
    }
  }

  /// Undoes `put`, the last file first.
  func undo() {
    for file in written.reversed() {
      if let before = file.before { try? replace(file.path, with: before) } else { unlink(file.path) }
    }
    written = []
  }

  private func put(_ bytes: [UInt8], at path: String) throws {
    let before = FileManager.default.contents(atPath: path).map { Array($0) }
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try replace(path, with: bytes)
    written.append((path, before))
  }

  private func replace(_ path: String, with bytes: [UInt8]) throws {
    let output = try OutputFile(path, for: .lua, mode: .ordinary, stores: [store])
    try output.write(bytes)
    try output.finish()
  }
}
