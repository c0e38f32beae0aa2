import DryRun
import Foundation
import Policies
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing
import Wire

extension Slow {
  /// Policies that change as fast as possible, while a daemon is under load.
  struct ThousandActivationsTests {
    private static let rounds = 1000

    private let store: TestStore

    /// Contacts that wait a second repeatedly: every cycle has some to decide.
    init() throws {
      store = try TestStore(
        [.tenant("acme", policy: "turn"), .device("D1"), .sequence()] + (0..<60).map { .lead($0, device: "D1") })
      try store.folder.write(Self.policy("from the file"), to: "Rules/turn.lua")
    }

    private static func policy(_ reason: String) -> String {
      "return { select = function(contact, fleet) return wait('\(reason)', 1 + random()) end }\n"
    }

    /// The resident memory of a process, from pages of 4 KiB.
    private func resident(_ process: UsherProcess) -> Int {
      let text = (try? String(contentsOfFile: "/proc/\(process.id)/statm", encoding: .utf8)) ?? ""
      return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    @Test func `a thousand activations and rollbacks are recorded, no cycle fails, and memory does not grow`() throws {
      let process = try store.serve()
      try eventually("the first cycle has decided") { try !store.export().rows("decision").isEmpty }
      let policies = try (0..<4).map { try TestInstance.revision("turn", Self.policy("version \($0)")) }
      // Makes the same calls as the commands, without starting a process a thousand times.
      let handle = try SQLiteStore.open(at: store.path, mode: .readWrite)
      var (warm, number, beaten) = (0, 0, 0)
      while number < Self.rounds {
        let (tenant, current) = try handle.read { snapshot in
          let tenant = try snapshot.tenants()[0]
          return (tenant, try snapshot.generation(of: tenant.key)!)
        }
        var lineup = current.lineup
        let isRollback = number % 2 == 1
        lineup.live = [policies[isRollback ? 0 : 1 + number / 2 % 3]]
        let change = PolicyChange(
          at: Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)), actor: "operator \(number)",
          action: isRollback ? .rollback : .activate, reason: "round \(number)")
        let draft = GenerationDraft(
          lineup: lineup, parameters: [], change: change,
          rolledBack: isRollback ? current.lineup.live.map(PolicyText.init(of:)) : [])
        do {
          _ = try handle.apply([PolicyChangeRequest(tenant: tenant, last: current.number, draft: draft)])
          number += 1
        } catch StoreError.generationPassed { beaten += 1 }
        // In bursts: while policies change every few milliseconds, no cycle gets to deciding.
        if number % 25 == 0 { usleep(120_000) }
        if number == Self.rounds / 4 { warm = resident(process) }
      }
      let grown = resident(process) - warm
      #expect(warm > 0 && grown < 2048, "\(warm) pages of 4 KiB, then \(grown) more")
      let last = policies[(Self.rounds - 1) % 2 == 1 ? 0 : 1].digest
      try eventually("the last one decides") {
        try store.export().rows("decision").last?["revision"].text == last
      }
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
      #expect(!process.stderr.contains("cycle failed") && !process.stderr.contains("policy refused"))
      let export = try store.export()
      let changes = export.rows("policy_change")
      let byHand = changes.filter { $0["actor"] != "usher" }
      #expect(byHand.map { $0["reason"].text } == (0..<Self.rounds).map { "round \($0)" })
      #expect(changes.map { $0["generation"].whole } == Array(1...changes.count))
      #expect(export.rows("audit").count == Self.rounds)
      // The reason of each decision matches the policy that it names.
      let texts = Dictionary(
        uniqueKeysWithValues: export.rows("policy_revision").map { ($0["id"].text!, $0["source"].text!) })
      let decisions = export.rows("decision")
      #expect(decisions.allSatisfy { texts[$0["revision"].text!]!.contains("'\($0["reason"].text!)'") })
      let cycles = Dictionary(grouping: decisions) { $0["at"].text! }
      #expect(cycles.values.allSatisfy { Set($0.map { $0["revision"].text! }).count == 1 }, "one cycle, one revision")
      #expect(cycles.count > 10)
      try store.expectSound()
      try store.usher("replay")
    }
  }
}
