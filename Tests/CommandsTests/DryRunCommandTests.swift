import Foundation
import Routing
import Testing
import Wire

extension Slow {
  /// A dry run is a live run without the commit.
  struct DryRunCommandTests {
    /// A candidate that uses everything a decision can depend on: loads, randomness, hashing, random tags.
    static let candidate = """
      return {
        name = 'candidate',
        params = { max_wait = 120 },
        select = function(contact, fleet)
          local own = contact.device
          if own and own.can_accept_more and random() < 0.7 then return use(own, 'owner') end
          local few = fleet:candidates(3, { except = own })
          if #few > 0 then return move(few[random(#few)], 'one of three') end
          if random() < 0.2 then return skip('no room, and not worth waiting') end
          return wait('no device can accept more', params.max_wait)
        end,
      }
      """

    @Test(arguments: ["assigned", "fallback", "reassign", "strict", "least_loaded", "candidate"])
    func `a dry run predicts what a live tick then does (promise 2)`(policy: String) throws {
      let store = try TestStore.waiting()
      let file = try store.folder.write(Self.candidate, to: "Rules/candidate.lua")
      let outcome = try store.usher(
        "dry-run", "--policy", policy == "candidate" ? file : policy, "--at", Moment.ten, "--format", "json",
        expecting: 2)
      let report = try outcome.json()
      #expect(report["contacts"] == 300)
      // Everything waits before, so each contact that the candidate does not make wait is a change.
      var previewed: [String: JSONValue] = [:]
      for change in report["changes"].items {
        previewed["\(change["tenant"].text!) \(change["contact"].text!)"] = change["after"]
      }

      let copy = try store.copy("copy.db")
      try copy.add([.tenant("acme", policy: policy), .tenant("globex", policy: policy)])
      try copy.usher("tick", "--no-send", "--now", Moment.ten)
      let decisions = try copy.export().rows("decision").filter { $0["at"].text == Moment.ten }
      #expect(decisions.count == 300)
      for decision in decisions {
        let contact = "\(decision["tenant"].text!) \(Export.contact(decision))"
        let after = previewed[contact]
        #expect((after?["outcome"] ?? "wait") == decision["outcome"], "\(contact)")
        #expect((after?["device"] ?? .null) == decision["device"], "\(contact)")
        if let after { #expect(after["reason"] == decision["reason"], "\(contact)") }
      }
      let outcomes = Dictionary(grouping: decisions) { $0["outcome"].text! }.mapValues(\.count)
      for outcome in ["use", "move", "wait", "skip"] {
        #expect(report["by_outcome"]["after"][outcome].whole == outcomes[outcome] ?? 0)
      }
    }

    @Test func `the parts add up to the contacts`() throws {
      let store = try TestStore.waiting()
      let file = try store.folder.write(Self.candidate, to: "candidate.lua")
      let report = try store.usher(
        "dry-run", "--policy", file, "--against", "strict", "--at", Moment.ten, "--format", "json", expecting: 2
      ).json()
      let contacts = report["contacts"].whole!
      #expect(report["same"].whole! + report["changed"].whole! == contacts)
      #expect(report["changes"].items.count == report["changed"].whole)
      for side in ["before", "after"] {
        let outcomes = ["use", "move", "wait", "skip"].compactMap { report["by_outcome"][side][$0].whole }
        #expect(outcomes.reduce(0, +) == contacts)
      }
      let moved = report["changes"].items.filter { $0["before"]["device"] != $0["after"]["device"] }.count
      #expect(report["moves"].items.compactMap { $0["count"].whole }.reduce(0, +) == moved)
    }

    @Test func `the same inputs give the same bytes, in every format`() throws {
      let store = try TestStore.waiting()
      let file = try store.folder.write(Self.candidate, to: "candidate.lua")
      for format in ["table", "json", "csv", "html"] {
        let arguments = ["dry-run", "--policy", file, "--at", Moment.ten, "--format", format, "--store", store.path]
        let first = try UsherProcess.run(arguments)
        let second = try UsherProcess.run(arguments, environment: ["TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8"])
        #expect(first.code == 2, "\(first)")
        #expect(first.output == second.output)
      }
    }

    @Test func `nothing is written to the store`() throws {
      let store = try TestStore.waiting()
      let log = store.folder.exists("usher.db-wal") ? try store.folder.contents("usher.db-wal") : []
      let before = try store.folder.contents("usher.db")
      let rows = try store.export().bytes
      for policy in ["fallback", "reassign"] {
        try store.usher("dry-run", "--policy", policy, "--at", Moment.ten, expecting: 2)
      }
      #expect(try store.folder.contents("usher.db") == before)
      #expect((store.folder.exists("usher.db-wal") ? try store.folder.contents("usher.db-wal") : []) == log)
      #expect(try store.export().bytes == rows)
      #expect(!store.folder.exists("usher.db.sent.jsonl"))
    }

    @Test func `a dry run and a daemon run at the same time`() throws {
      let store = try TestStore.waiting()
      let daemon = try store.serve()
      try daemon.says(" started ")
      // The answers repeat and are not on record, but the ends of the waits are.
      let lastEnd = {
        try store.export().rows("enrolment").compactMap { $0["next_at"].text.flatMap(Instant.init(rfc3339:)) }.max()!
      }
      var ends: [Instant] = []
      for _ in 0..<6 {
        ends.append(try lastEnd())
        let outcome = try store.usher("dry-run", "--policy", "fallback", "--format", "json", expecting: nil)
        #expect([0, 2].contains(outcome.code), "\(outcome)")
        _ = try outcome.json()
        try eventually("the daemon decides on") { try lastEnd() > ends.last! }
      }
      #expect(ends == ends.sorted() && ends.first! < ends.last!)
      // The candidate left nothing behind: everything still waits for the live policy.
      #expect(try store.export().rows("message").isEmpty)
      daemon.signal(SIGTERM)
      let end = try daemon.end()
      #expect(end.code == 0, "\(end)")
      #expect(!end.stderr.contains(" error "), "\(end)")
      try store.expectSound()
    }

    @Test func `a missing tenant is reported by name`() throws {
      let store = try TestStore.waiting()
      let outcome = try store.usher("dry-run", "--policy", "fallback", "--tenant", "acne", expecting: 1)
      #expect(outcome.stderr.contains("'acne'"), "\(outcome)")
    }

    @Test func `a dry run can be restricted to one tenant and to a number of contacts`() throws {
      let store = try TestStore.waiting()
      let one = try store.usher(
        "dry-run", "--policy", "fallback", "--tenant", "globex", "--limit", "20", "--at", Moment.ten, "--format",
        "json", expecting: 2
      ).json()
      #expect(one["contacts"] == 20)
      #expect(one["changes"].items.allSatisfy { $0["tenant"] == "globex" })
    }
  }
}
