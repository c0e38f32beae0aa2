import DryRun
import Files
import Foundation
import Policies
import Routing

/// The files of a plan on their way into the rules folder.
final class PlannedFiles {
  private let plan: Plan
  private let catalog: PolicyCatalog
  /// The one that this process has open.
  private let store: String
  /// As they decide once the plan is applied, by name.
  private(set) var entries: [String: PolicyCatalog.Entry] = [:]
  /// Why they are not what was tried.
  private(set) var problems: [String] = []
  private var written: [(path: String, before: [UInt8]?)] = []

  /// Reads the candidates again. What differs from the plan is in `problems`.
  init(_ plan: Plan, catalog: PolicyCatalog, store: String) {
    (self.plan, self.catalog, self.store) = (plan, catalog, store)
    for source in plan.sources { read(source) }
  }

  /// The files that were put into the folder.
  var paths: [String] { written.map(\.path) }

  private func read(_ source: Plan.Source) {
    guard PolicyCatalog.isName(source.name) else {
      problems.append("'\(source.name)' is not the name of a policy: expected a name below the rules folder")
      return
    }
    if let path = source.path, !FileManager.default.fileExists(atPath: path) {
      problems.append("there is no file \(path) any more")
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
      problems.append("\(place) is not what was tried: it, or its cases, changed since")
      return
    }
    entries[source.name] = PolicyCatalog.Entry(
      name: source.name, path: entry.path, source: entry.source, cases: entry.cases)
  }

  // MARK: - Into the folder

  /// Why they cannot be put there: something else stands in their place, or a tenant would get them that was not asked.
  func obstacles(_ basis: PlanBasis) -> [String] {
    foreign.flatMap { source, _ -> [String] in
      guard let rules = catalog.rules else {
        return [
          "policy \(source.name) comes from outside, and there is no rules folder to put it in: name it with --rules, or "
            + "make the folder Rules beside the store and restart serve"
        ]
      }
      var found: [String] = []
      let tenants = basis.others.filter { $0.policies.contains(source.name) }.map { "'\($0.id)'" }
      if !tenants.isEmpty {
        found.append(
          "tenant \(tenants.joined(separator: ", ")) lists '\(source.name)' too and was not part of the dry run: give the "
            + "file another name, or try it for all tenants")
      }
      if let obstacle = obstacle(source, in: rules) { found.append(obstacle) }
      return found
    }
  }

  /// The plan's files that are not in the folder as they are.
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
    guard places.0.hasPrefix(places.1) else { return "\(folder.path) is a link to somewhere outside the rules folder" }
    guard let current = RulesFolder.entry(source.name, in: catalog) else {
      // Nothing that decides stands there; whatever else does is somebody's.
      let taken = [path, "\(rules)/\(source.name)_test.lua"].first {
        (try? FileManager.default.attributesOfItem(atPath: $0)) != nil
      }
      return taken.map { "\($0) is there already and would be lost: move it away, or give the file another name" }
    }
    let found = Plan.Replaced(digest: Digest.sha256(current.source), cases: current.cases.map(Digest.sha256))
    guard found == source.replaced else { return "\(path), or its cases, changed since the dry run" }
    guard found.digest == source.digest || plan.decidesNow(source.name, found.digest) else {
      return
        "\(path) holds something else than what decides now, and would be lost: move it away, or give the file another name"
    }
    // The cases that stay there would be tried on the new file.
    if source.cases == nil, found.cases != nil {
      return "\(rules)/\(source.name)_test.lua has cases of the file that is there now: put cases beside the new file"
    }
    return nil
  }

  /// Writes each beside its place and renames it, cases first: who reads meanwhile sees the old file or the new one.
  func put() throws {
    guard let rules = catalog.rules else { return }
    for (source, entry) in foreign {
      if let cases = entry.cases { try put(cases, at: "\(rules)/\(source.name)_test.lua") }
      try put(entry.source, at: "\(rules)/\(source.name).lua")
    }
  }

  /// Takes back what was put, the last first.
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
