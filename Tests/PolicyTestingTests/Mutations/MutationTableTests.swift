import Foundation
import Policies
import PolicyTestKit
import Routing
import Testing

/// Broken policies, derived from the shipped ones: checks, cases and search together catch each one that misroutes.
struct MutationTableTests {
  /// The page to write, with all mutants; nil for a sample that takes seconds.
  private static let page = ProcessInfo.processInfo.environment["USHER_MUTATIONS"]
  private static let seed: UInt64 = 2026
  /// The number of mutants on the page; all by default.
  private static let count = ProcessInfo.processInfo.environment["USHER_MUTATIONS_COUNT"].flatMap(Int.init) ?? .max

  private func runs(_ count: Int, requests: Int, corpus: Int) throws -> MutationTable {
    var originals: [String: MutationRun.Original] = [:]
    var policies: [(name: String, source: [UInt8])] = []
    for (name, _) in ShippedPolicies.all {
      let entry = try PolicyCatalog(rules: Repository.path("Rules")).entry(named: name)
      originals[name] = try MutationRun.Original(entry, corpusCount: corpus)
      policies.append((name, entry.source))
    }
    let mutants = try Mutator.draw(count, of: policies, seed: Self.seed)
    let runs = try mutants.map { try MutationRun($0, of: originals[$0.policy]!, requests: requests) }
    return MutationTable(runs: runs, seed: Self.seed, requests: requests, corpus: corpus)
  }

  @Test func `check, cases and search together catch every mutant that misroutes`() throws {
    let table =
      Self.page == nil
      ? try runs(24, requests: 200, corpus: 200) : try runs(Self.count, requests: 1000, corpus: 3000)
    for trial in table.slipped { Issue.record("slips through: \(trial.mutant.testDescription)") }
    #expect(table.runs.count { $0.effect == .misroutes } > table.runs.count / 2)
    if let page = Self.page {
      let path = page.hasPrefix("/") ? page : Repository.path(page)
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      try table.page.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  @Test func `there are enough distinct mutants, and a seed selects the same ones`() throws {
    let policies = ShippedPolicies.all
    let all = try policies.flatMap { try Mutator($0.name, $0.source).mutants }
    #expect(all.count >= 200 && Set(all.map(\.source)).count == all.count)
    #expect(
      Set(all.map(\.slip)) == Set(Mutant.Slip.allCases).subtracting([]),
      "\(Set(Mutant.Slip.allCases).subtracting(all.map(\.slip)))")
    let first = try Mutator.draw(50, of: policies, seed: 3)
    #expect(first.map(\.source) == (try Mutator.draw(50, of: policies, seed: 3)).map(\.source))
    #expect(first.map(\.source) != (try Mutator.draw(50, of: policies, seed: 4)).map(\.source))
  }
}
