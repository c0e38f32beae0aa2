import Foundation
import Operations
import Policies
import Representations
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Commands
@testable import StoreSQLite

extension Slow {
  /// `--format json` of every command prints the JSON of a representation.
  struct CommandJSONTests {
    /// A command line that prints JSON on the sample store after a cycle.
    struct Line: Sendable, CustomTestStringConvertible {
      let words: String
      /// The keys of the object, or of each element of the array.
      let keys: [String]
      /// Command lines that must run before it.
      var before: [String] = []
      var code: Int32 = 0
      /// Whether the array may be empty.
      var mayBeEmpty = false
      /// The same representation, created in this process from the operation on the same store; nil if a second run would
      /// differ.
      var representation: (@Sendable (any Store) throws -> any Representation)?

      var testDescription: String { words }
      var page: CommandPage { CommandPage.root.page(for: words.split(separator: " ").map(String.init)).page }
    }

    /// After everything that the sample store has recorded.
    private static let later = "2100-01-01T00:00:00Z"
    private static let moment = Instant(rfc3339: later)!

    private static let deviceKeys = [
      "tenant", "device", "name", "status", "available", "why_not", "contacts", "queued", "in_flight", "limit_queue",
      "sent_minute", "limit_minute", "sent_hour", "limit_hour", "sent_day", "limit_day", "headroom", "load", "hold",
      "waiting",
    ]
    private static let changeKeys = [
      "tenant", "generation", "action", "policies", "revisions", "canary_share", "canary", "shadow_share", "shadow",
    ]
    private static let canary = "policy activate --policy least_loaded --tenant acme --canary 10%"
    private static let shadow = "policy activate --policy least_loaded --tenant acme --shadow"

    // MARK: - The commands

    static let lines = reports + tries + changes

    private static let reports = [
      Line(words: "report mismatches", keys: ["since", "parts", "messages"]) { try MismatchesQuery().run($0) },
      Line(words: "report devices --at \(later)", keys: deviceKeys) {
        DevicesReport(try DevicesQuery(moment: moment).run($0, at: moment))
      },
      Line(words: "device list", keys: deviceKeys) { DevicesReport(try DevicesQuery().run($0, at: moment)) },
      Line(
        words: "report waiting --at \(later)",
        keys: [
          "tenant", "waitlist", "reason", "code", "contacts", "due_since", "age_s", "per_hour", "next_at", "last_at",
          "why_not", "bulk_per_hour",
        ], mayBeEmpty: true
      ) { try WaitingQuery(moment: moment).run($0, at: moment) },
      Line(
        words: "report sequences",
        keys: [
          "tenant", "sequence", "status", "step", "enrolments", "scheduled", "waiting", "queued", "completed",
          "failed", "cancelled", "messages_pending", "messages_sending", "messages_sent", "messages_delivered",
          "messages_read", "messages_failed", "messages_unknown", "messages_expired", "messages_cancelled", "skipped",
        ]
      ) { try SequencesQuery().run($0) },
      Line(words: "report integrity", keys: ["check", "violations", "promise", "examples"]) {
        try IntegrityQuery(now: moment).run($0)
      },
      Line(
        words: "audit --since 2000-01-01T00:00:00Z",
        keys: [
          "at", "actor", "system_user", "action", "tenant", "subject", "detail", "reason", "file", "digest", "counts",
        ]
      ) {
        let filter = AuditFilter(since: Instant(rfc3339: "2000-01-01T00:00:00Z")!, limit: 200)
        return AuditReport(try AuditQuery(filter).run($0))
      },
      Line(
        words: "explain welcome/L6 --at \(later)",
        keys: [
          "now", "tenant", "time_zone", "contact", "state", "last_decision", "recorded", "decision", "policies",
          "read",
          "queries", "is_complete", "devices", "next", "changes", "hold",
        ]
      ) {
        let query = ExplainQuery(contact: "welcome/L6", moment: moment)
        return ExplainReport(try query.run($0, catalog: PolicyCatalog(rules: nil), at: moment))
      },
      Line(
        words: "top --at \(later)",
        keys: ["now", "process", "due", "due_since", "decisions", "waiting", "policies", "devices", "holds", "guards"]
      ) {
        let overview = try OverviewQuery(moment: moment).run(
          $0, $0.watch(stopwatch: { 0 }), at: moment, stopwatch: { 0 })
        return TopReport(overview, TopView(), store: $0.path)
      },
      Line(words: "doctor --store usher.db", keys: ["part", "check", "state", "found"]) {
        DoctorReport(Examination(version: UsherProgram.version, store: $0.path, now: moment).run())
      },
      // The age of the last cycle and the use of the disk differ between two runs.
      Line(words: "health", keys: ["healthy", "checks"]),
      Line(
        words: "tick --no-send",
        keys: ["now", "enrolled", "decided", "queued", "waiting", "skipped", "sent", "returned", "failed", "faults"]),
      Line(
        words: "bench --only decision --devices 4 --rounds 1",
        keys: [
          "measure", "policy", "condition", "devices", "batch", "baseline", "usher", "unit", "ratio", "target", "met",
        ]),
      Line(
        words: "bench history --messages 20 --contacts 5 --rounds 1",
        keys: [
          "measure", "policy", "condition", "devices", "batch", "baseline", "usher", "unit", "ratio", "target", "met",
        ]),
    ]

    private static let tries = [
      Line(
        words: "check bad.lua",
        keys: [
          "file", "line", "column", "severity", "message", "advice", "rule", "end_line", "end_column", "fix",
        ], code: 1),
      Line(words: "check --list-rules", keys: ["rule", "severity", "fix", "finds", "why", "page"]),
      Line(
        words: "test good_test.lua", keys: ["file", "case", "holds", "differences", "reason", "code", "line", "error"]),
      Line(
        words: "dry-run --policy reassign",
        keys: [
          "now", "contacts", "same", "changed", "moved", "faults", "by_outcome", "reasons", "moves", "devices",
          "changes",
        ], code: 2),
      Line(words: "simulate --hours 1", keys: ["start", "end", "hours", "every_s", "seed", "events", "runs"]),
      Line(
        words: "replay",
        keys: [
          "decisions", "identical", "different", "not_asked", "timeouts", "without_record", "by_operators", "archived",
          "foreign_revisions", "first_difference",
        ]),
      Line(
        words: "policy list",
        keys: [
          "tenant", "position", "policy", "revision", "since", "refused", "refused_code", "refused_at", "faults",
          "last_fault", "last_fault_code",
          "suspended_at", "generation", "action", "by", "reason", "held", "held_code", "canary_share", "canary",
          "shadow_share",
          "shadow", "from", "ranges", "waits", "guard_trouble", "on_fleet_waitlist",
        ]),
      Line(
        words: "policy history",
        keys: [
          "tenant", "generation", "position", "policy", "revision", "at", "role", "share", "action", "by", "reason",
          "from", "evidence",
        ]),
      Line(
        words: "policy show REVISION", keys: ["revision", "policy", "params", "ranges", "created_at", "uses", "source"]),
      Line(words: "policy guards list", keys: ["position", "guard", "tenant", "params", "ranges", "trouble", "code"]),
      Line(
        words: "policy canary --tenant acme",
        keys: [
          "tenant", "generation", "side", "share", "decided", "judged", "faults", "waiting", "moved", "sent", "failed",
          "rollback_limits",
        ], before: [canary]),
      Line(
        words: "policy shadow --tenant acme",
        keys: [
          "tenant", "since", "share", "revisions", "compared", "agreed", "agreement", "faults", "live_faults",
          "not_asked",
          "mean_instructions", "max_instructions", "live_mean_instructions", "live_max_instructions", "differences",
          "samples",
        ], before: [shadow]),
    ]

    private static let changes = [
      Line(words: "policy activate --policy strict --tenant acme --dry", keys: changeKeys, code: 2),
      Line(words: "policy promote --tenant acme", keys: changeKeys, before: [canary]),
      Line(words: "policy rollback --tenant acme", keys: changeKeys, before: [canary]),
      Line(words: "policy shadow --tenant acme --stop", keys: changeKeys, before: [shadow]),
      Line(
        words: "contact show welcome/L6 --tenant acme",
        keys: [
          "contact", "lead", "name", "phone", "sequence", "step", "steps", "priority", "message_priority", "status",
          "reason",
          "code",
          "assigned_device",
          "due_at",
          "next_at", "enrolled_at", "ended_at", "opted_out_at", "waitlist", "history",
        ]),
      Line(words: "contact wake onboarding/G24 --tenant globex", keys: ["tenant", "woken"]),
      Line(words: "import more.jsonl", keys: ["type", "created", "updated", "unchanged"]),
      Line(
        words: "store prune --keep 1d --now \(later) --archive old.db",
        keys: [
          "until", "archived", "deleted", "kept", "fleet_records", "history_rows", "free_bytes_before",
          "free_bytes_after", "store_bytes", "archive_bytes", "archive",
        ]),
      Line(
        words: "store clock accept --dry-run",
        keys: ["now", "dry_run", "newest", "moved_back_ms", "ends_hold", "released", "ahead", "changes"]),
      Line(words: "store forget-backup", keys: [], mayBeEmpty: true),
    ]

    // MARK: - The tests

    @Test func `every command that has the option is in the table`() {
      let having = CommandPage.root.all.filter { page in page.arguments.contains { $0.names.contains("--format") } }
      let missing = Set(having.map(\.name)).symmetricDifference(Self.lines.map(\.page.name))
      #expect(missing.isEmpty, "\(missing.sorted())")
    }

    /// A folder with the sample store after a cycle that sent nothing, and with the files that command lines name.
    private static let prepared = Result {
      let folder = TestFolder()
      let store = TestStore(existing: "usher.db", in: folder)
      try store.usher("init", "--sample")
      try store.usher("tick", "--no-send")
      return folder
    }

    private func store() throws -> TestStore {
      let folder = TestFolder()
      let prepared = try Self.prepared.get()
      for name in ["usher.db", "usher.db-wal"] where prepared.exists(name) {
        // The copy keeps its mode: `usher doctor` reports a store that others can read.
        try FileManager.default.copyItem(atPath: prepared.file(name), toPath: folder.file(name))
      }
      let policy = "return { select = function(contact, fleet) return wait('r', 60) end }"
      try folder.write(policy, to: "good.lua")
      try folder.write(
        "return { policy = 'good', cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } } }",
        to: "good_test.lua")
      try folder.write(policy.replacing("'r'", with: "contact.devise"), to: "bad.lua")
      try folder.write(#"{"type":"device","tenant":"acme","id":"D9"}"# + "\n", to: "more.jsonl")
      return TestStore(existing: "usher.db", in: folder)
    }

    private func run(_ words: String, on store: TestStore) throws -> UsherProcess.Outcome {
      var words = words.split(separator: " ").map(String.init)
      if let place = words.firstIndex(of: "REVISION") {
        let list = try store.usher("policy", "list", "--format", "json").json()
        words[place] = try #require(list[0]["revision"].text)
      }
      return try UsherProcess.run(words, in: store.folder.path, atMost: 120)
    }

    @Test(arguments: lines)
    func `a command prints the JSON of a representation`(line: Line) throws {
      let store = try store()
      for words in line.before {
        let outcome = try run(words, on: store)
        #expect(outcome.code == 0, "\(outcome)")
      }
      let outcome = try run(line.words + " --format json", on: store)
      #expect(outcome.code == line.code, "\(outcome)")
      let json = try outcome.json()
      let objects = if case .array(let items) = json { items } else { [json] }
      #expect(line.mayBeEmpty || !objects.isEmpty, "\(outcome)")
      for object in objects { #expect(object.keys == line.keys, "\(outcome)") }
      if let representation = line.representation {
        let open = try SQLiteStore.open(at: store.path, mode: .readOnly)
        #expect(outcome.text == (try representation(open).text(.json)))
      }
    }
  }
}
