import Testing
import Wire

extension Slow {
  /// A change of several tenants requires explicit consent.
  struct AllTenantsTests {
    private let store: TestStore

    init() throws {
      store = try TestStore([
        .tenant("acme"), .tenant("globex"), .device("D1", of: "acme"), .device("D1", of: "globex"),
      ])
      try store.usher("tick", "--no-send", "--now", Moment.nine)
    }

    private func generations() throws -> [Int?] {
      try store.usher("policy", "list", "--format", "json").json().items.map { $0["generation"].whole }
    }

    /// Rejected without the flag, previewed by --dry, rejected without a reason, done with both.
    private func expectConsent(_ words: String, dry: Bool = true, sourceLocation: SourceLocation = #_sourceLocation)
      throws
    {
      let words = words.split(separator: " ").map(String.init)
      func run(_ more: String...) throws -> UsherProcess.Outcome {
        try UsherProcess.run(words + more + ["--store", store.path], in: store.folder.path)
      }
      let before = try store.export().bytes
      let refused = try run("--reason", "why not")
      #expect(refused.code == 1, "\(refused)", sourceLocation: sourceLocation)
      for word in ["2 tenants: acme, globex", "nothing was changed", "--tenant", "--all-tenants --reason"] {
        #expect(refused.stderr.contains(word), "\(refused)", sourceLocation: sourceLocation)
      }
      if dry {
        let shown = try run("--dry")
        #expect(shown.code == 2 && shown.text.contains("acme") && shown.text.contains("globex"), "\(shown)")
      }
      let mute = try run("--all-tenants")
      let isRefused = mute.code == 1 && mute.stderr.contains("--all-tenants requires --reason TEXT")
      #expect(isRefused, "\(mute)", sourceLocation: sourceLocation)
      let both = try run("--all-tenants", "--tenant", "acme", "--reason", "x")
      #expect(both.code == 64, "\(both)", sourceLocation: sourceLocation)
      #expect(try store.export().bytes == before, sourceLocation: sourceLocation)
      let done = try run("--all-tenants", "--reason", "both")
      #expect(done.code == 0, "\(done)", sourceLocation: sourceLocation)
    }

    @Test func `each policy change for several tenants requires the flag and a reason`() throws {
      try expectConsent("policy activate --policy strict")
      #expect(try generations() == [2, 2])
      try expectConsent("policy rollback")
      #expect(try generations() == [3, 3])
      try expectConsent("policy activate --policy strict --canary 10%")
      try expectConsent("policy promote --to 50%")
      try expectConsent("policy promote")
      try expectConsent("policy activate --policy reassign --shadow")
      try expectConsent("policy shadow --stop", dry: false)
      try expectConsent("policy rollback")
      try store.expectSound()
    }

    @Test func `ending a canary of several tenants requires only the flag`() throws {
      try store.usher(
        "policy", "activate", "--policy", "strict", "--canary", "10%", "--all-tenants", "--reason", "try it")
      try expectConsent("policy rollback")
    }

    @Test func `a plan for several tenants also requires the flag and a reason`() throws {
      let plan = store.folder.file("change.plan")
      try store.usher("dry-run", "--policy", "strict", "--at", Moment.ten, "--save", plan, expecting: nil)
      let before = try store.export().bytes
      let refused = try store.usher("policy", "activate", "--plan", plan, expecting: 1)
      #expect(refused.stderr.contains("2 tenants: acme, globex"), "\(refused)")
      try store.usher("policy", "activate", "--plan", plan, "--all-tenants", expecting: 1)
      #expect(try store.export().bytes == before)
      try store.usher("policy", "activate", "--plan", plan, "--all-tenants", "--reason", "tried")
    }

    @Test func `if only one of several tenants would change, it is changed and named`() throws {
      try store.usher("policy", "activate", "--policy", "strict", "--tenant", "acme", "--canary", "10%")
      let promoted = try store.usher("policy", "promote", "--format", "json").json().items
      #expect(promoted.map { $0["tenant"] } == ["acme"])
      #expect(try generations() == [3, 1])
    }

    @Test func `a change for one tenant does not need the flag, but accepts it`() throws {
      let one = try TestStore([.tenant(), .device("D1")])
      try one.usher("tick", "--no-send", "--now", Moment.nine)
      try one.usher("policy", "activate", "--policy", "strict")
      try one.usher("policy", "rollback", "--all-tenants")
    }

    @Test func `the flag is accepted only by commands that change something`() throws {
      try store.usher("policy", "shadow", "--all-tenants", expecting: 64)
      for words in [
        ["import", "-"], ["policy", "guards", "remove", "x"], ["store", "prune", "--keep", "1d"], ["tick"],
      ] {
        let outcome = try UsherProcess.run(words + ["--all-tenants", "--store", store.path], in: store.folder.path)
        #expect(outcome.code == 64, "\(outcome)")
      }
    }
  }
}
