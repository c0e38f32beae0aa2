import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Commands
@testable import StoreSQL
@testable import StoreSQLite

extension Slow {
  /// Every command records changes in the audit in the same way.
  struct AuditCommandTests {
    /// Commands that change no store, or only as part of normal operation.
    static let reading: Set<String> = [
      "usher demo", "usher serve", "usher tick", "usher top", "usher check", "usher test", "usher decide",
      "usher dry-run",
      "usher simulate", "usher replay", "usher policy list", "usher policy history", "usher policy show",
      "usher policy diff", "usher policy canary", "usher policy guards list", "usher explain",
      "usher report mismatches",
      "usher report devices", "usher report waiting", "usher report sequences", "usher report integrity", "usher audit",
      "usher device list",
      "usher contact show", "usher export", "usher doctor", "usher health", "usher bench history",
      "usher completions", "usher manual",
    ]

    /// A command that changes a store, and its audit line.
    struct Deed: Sendable, CustomStringConvertible {
      let words: [String]
      let action: String
      let subject: String
      var tenant: String? = "acme"
      /// How many lines it leaves; the one with `action` is the newest.
      var lines = 1

      init(_ line: String, _ action: String, _ subject: String, tenant: String? = "acme", lines: Int = 1) {
        words = line.split(separator: " ").map(String.init)
        (self.action, self.subject, self.tenant, self.lines) = (action, subject, tenant, lines)
      }

      var description: String { words.joined(separator: " ") }
    }

    /// In an order in which each command has something to do.
    static let deeds = [
      Deed("device pause D1 --tenant acme --minutes 5", "paused", "device D1"),
      Deed("device resume D1 --tenant acme", "resumed", "device D1"),
      Deed("device status D1 --tenant acme --to offline", "status", "device D1"),
      Deed("device retire D3 --tenant acme --reassign-to D2", "retired", "device D3"),
      Deed("contact reassign welcome/L1 --tenant acme --to D2", "reassign", "contact welcome/L1"),
      Deed("contact prioritise welcome/L2 --tenant acme --priority urgent", "prioritise", "contact welcome/L2"),
      Deed("contact retry welcome/L3 --tenant acme", "retry", "contact welcome/L3"),
      Deed("contact opt-out L1 --tenant acme", "opt-out", "lead L1"),
      Deed("policy activate --policy least_loaded --tenant acme", "activate", "policy least_loaded"),
      Deed("policy activate --policy strict --tenant acme --canary 10%", "canary", "policy least_loaded"),
      Deed("policy promote --tenant acme", "promote", "policy strict"),
      Deed("policy rollback --tenant acme", "rollback", "policy least_loaded"),
      Deed("policy activate --policy strict --tenant acme --shadow", "shadow", "policy least_loaded"),
      Deed("policy shadow --tenant acme --stop", "stop", "policy least_loaded"),
      Deed("policy activate --plan change.plan --data-may-differ", "activate", "policy fallback"),
      Deed("policy guards add quiet_hours", "guards", "guard quiet_hours", tenant: nil),
      Deed("policy guards set daily_limit --tenant acme --param limit=3", "guards", "guard daily_limit"),
      Deed("policy guards remove quiet_hours", "guards", "guard quiet_hours", tenant: nil),
      Deed("hold --tenant acme", "hold", "tenant acme"),
      Deed("release --tenant acme", "release", "tenant acme"),
      Deed("hold", "hold", "store", tenant: nil),
      Deed("release", "release", "store", tenant: nil),
      // The hold that it ends has a line of its own, as its beginning has.
      Deed("store clock accept", "accept", "store", tenant: nil, lines: 2),
      Deed("import change.jsonl", "import", "store", tenant: nil, lines: 2),
      Deed("contact wake onboarding/G24 --tenant globex", "wake", "contact onboarding/G24", tenant: "globex"),
    ]

    private static func store() throws -> TestStore {
      let folder = TestFolder()
      let store = TestStore(existing: "usher.db", in: folder)
      try store.usher("init", "--sample", "--as", "ann")
      try store.usher("tick", "--no-send")
      try DatabaseQueue(path: store.path).write { db in
        try db.execute(
          sql: """
            UPDATE broadcast_messages SET status = 'failed', error = 'no such number' WHERE status = 'pending'
              AND sequence_contact_id = (SELECT id FROM sequence_contacts WHERE external_id = 'welcome/L3');
            UPDATE sequence_contacts SET status = 'failed', reason = 'no such number', next_at = NULL,
              ended_at = enrolled_at WHERE external_id = 'welcome/L3';
            INSERT INTO holds (kind, reason, actor, at) VALUES ('clock', 'the clock jumped', 'usher', 1)
            """)
      }
      try folder.write(#"{"type":"device","tenant":"acme","id":"D1","limits":{"day":7}}"# + "\n", to: "change.jsonl")
      return store
    }

    private static func newest(_ store: TestStore, _ arguments: String...) throws -> JSONValue {
      try #require(try audit(store, arguments + ["--limit", "1"]).first)
    }

    private static func audit(_ store: TestStore, _ arguments: [String] = []) throws -> [JSONValue] {
      let outcome = try UsherProcess.run(
        ["audit", "--format", "json", "--store", store.path] + arguments, in: store.folder.path)
      #expect(outcome.code == 0, "\(outcome)")
      return try outcome.json().items
    }

    @Test func `each command that changes a store records system user, actor, action, subject and reason`() throws {
      let store = try Self.store()
      let user = SystemUser.current.text
      for (number, deed) in Self.deeds.enumerated() {
        if deed.words.contains("--plan") {
          try store.usher(
            "dry-run", "--policy", "fallback", "--tenant", "acme", "--save", store.folder.file("change.plan"),
            expecting: nil)
        }
        let outcome = try UsherProcess.run(
          deed.words + ["--as", "maria", "--reason", "reason \(number)", "--store", store.path], in: store.folder.path)
        #expect(outcome.code == 0, "\(outcome)")
        let lines = try Self.audit(store, ["--actor", "maria"]).filter { $0["reason"].text == "reason \(number)" }
        let line = try #require(lines.first, "\(deed) left no line")
        #expect(line["action"].text == deed.action && line["subject"].text == deed.subject, "\(deed): \(line)")
        #expect(line["actor"] == "maria" && line["system_user"].text == user, "\(deed): \(line)")
        #expect(line["tenant"].text == deed.tenant, "\(deed): \(line)")
        #expect(lines.count == deed.lines, "\(deed): \(lines)")
      }
      let made = try #require(try Self.audit(store).last)
      #expect(made["action"] == "init" && made["actor"] == "ann" && made["subject"] == "store")
      try store.expectSound()
    }

    @Test func `without --as the actor is the system user for each of them, whatever USER says`() throws {
      let store = try Self.store()
      for deed in [Self.deeds[0], Self.deeds[4], Self.deeds[8], Self.deeds[15], Self.deeds[23]] {
        let outcome = try UsherProcess.run(
          deed.words + ["--store", store.path], environment: ["USER": "mallory"], in: store.folder.path)
        #expect(outcome.code == 0, "\(outcome)")
        let line = try #require(try Self.audit(store).first { $0["action"].text == deed.action })
        #expect(line["actor"].text == SystemUser.current.text && line["system_user"] == .null, "\(deed): \(line)")
        #expect(line["reason"] == .null, "\(deed): \(line)")
      }
    }

    @Test func `an upgrade is recorded`() throws {
      let folder = TestFolder()
      let store = TestStore(existing: "old.db", in: folder)
      try SQLiteStore.create(at: store.path, migrations: Migrations.all.upTo(5)).pool.close()
      try store.usher("store", "upgrade", "--as", "maria", "--reason", "new release")
      let line = try Self.newest(store)
      #expect(line["action"] == "upgrade" && line["actor"] == "maria" && line["reason"] == "new release")
      #expect(line["detail"].text?.hasSuffix("to \(SQLiteStore.version)") == true, "\(line)")
    }

    @Test(arguments: [
      (["tick", "--no-send"], nil), (["import", "none.jsonl", "--as", "maria", "--reason", "new rows"], "maria"),
      (["policy", "guards", "remove", "daily_limit", "--as", "maria"], "maria"),
    ])
    func `an upgrade by any writing command is recorded once, with its actor`(words: [String], actor: String?)
      throws
    {
      let folder = TestFolder()
      let store = TestStore(existing: "old.db", in: folder)
      try folder.write("", to: "none.jsonl")
      try SQLiteStore.create(at: store.path, migrations: Migrations.all.upTo(5)).pool.close()
      for _ in 0..<2 { _ = try UsherProcess.run(words + ["--store", store.path], in: folder.path) }
      let lines = try Self.audit(store).filter { $0["action"] == "upgrade" }
      #expect(lines.count == 1 && lines[0]["actor"].text == actor ?? SystemUser.current.text, "\(lines)")
      #expect(lines.first?["detail"] == .string("version 5 to \(SQLiteStore.version)"), "\(lines)")
      #expect(lines.first?["reason"] == .null, "its reason is the command's, not the upgrade's")
    }

    @Test func `a pruning is recorded`() throws {
      let store = try TestStore.waiting()
      // Other answers, because an answer that repeats the last one is not on record.
      try store.folder.write(TestStore.hold("edited"), to: "Rules/hold.lua")
      try store.usher("tick", "--no-send", "--now", Moment.ten)
      try store.usher(
        "store", "prune", "--keep", "1d", "--now", "2026-11-23T09:30:00Z", "--as", "maria", "--reason", "disk is full")
      let line = try #require(try Self.audit(store, ["--actor", "maria", "--since", "2026-11-01T00:00:00Z"]).first)
      #expect(line["action"] == "prune" && line["subject"] == "store" && line["reason"] == "disk is full", "\(line)")
      #expect(line["system_user"].text == SystemUser.current.text)
    }

    @Test func `every command is listed as changing a store or not`() {
      let changing = Set(
        Self.deeds.map { deed in deed.words.prefix { !$0.hasPrefix("-") } }.map { words in
          CommandPage.root.page(for: words).page.name
        }
      ).union([
        "usher init", "usher store upgrade", "usher store prune", "usher store forget-backup",
      ])
      let leaves = Set(CommandPage.root.all.filter(\.subcommands.isEmpty).map(\.name))
      #expect(leaves.subtracting(Self.reading).subtracting(changing) == [], "add it to the one list or the other")
      #expect(changing.isDisjoint(with: Self.reading))
      for page in CommandPage.root.all where changing.contains(page.name) {
        let names = Set(page.arguments.flatMap(\.names))
        #expect(names.isSuperset(of: ["--as", "--reason"]), "\(page.name)")
      }
    }

    // MARK: - Filters

    @Test func `the audit is filtered by subject, actor, tenant, time and count, newest first`() throws {
      let store = try Self.store()
      try store.usher(
        "device", "pause", "D1", "--tenant", "acme", "--minutes", "5", "--as", "ann", "--reason", "review: late")
      try store.usher("device", "status", "B1", "--tenant", "globex", "--to", "offline", "--as", "ben")
      try store.usher("contact", "opt-out", "L2", "--tenant", "acme", "--as", "ben")
      let people = ["--actor", "ben"]
      #expect(try Self.audit(store, people).map { $0["action"] } == ["opt-out", "status"])
      #expect(try Self.audit(store, people + ["--tenant", "globex"]).map { $0["subject"] } == ["device B1"])
      #expect(try Self.audit(store, ["--subject", "device D1"]).map { $0["actor"] } == ["ann"])
      #expect(try Self.audit(store, ["--subject", "L2"]).map { $0["action"] } == ["opt-out"])
      #expect(try Self.audit(store, ["--subject", "device L2"]) == [])
      #expect(try Self.audit(store, ["--limit", "1"]).map { $0["action"] } == ["opt-out"])
      #expect(try Self.audit(store, ["--until", "1h"]) == [] && Self.audit(store, ["--since", "1h"]).count >= 4)
      let paused = try #require(try Self.audit(store, ["--actor", "ann", "--subject", "D1"]).first)
      #expect(paused["reason"] == "review: late" && paused["detail"].text?.hasPrefix("until ") == true)
      #expect(try Self.audit(store, ["--actor", SystemUser.current.text]).count >= 3, "they ran as this user")
      // It also contains changes that cycles began.
      #expect(
        try Self.audit(store, ["--actor", "usher"]).allSatisfy { $0["subject"].text?.hasPrefix("policy ") == true })
    }

    @Test func `an id among thousands is found, and so is the nearest one`() throws {
      let store = try Self.store()
      try store.add(
        (1...6000).map {
          ["type": "device", "tenant": .string($0 % 2 == 0 ? "acme" : "globex"), "id": .string("D\($0)")]
        })
      for id in ["D5000", "D5999", "D1"] {
        let found = try store.usher("audit", "--subject", "device \(id)", "--until", "2001-01-01T00:00:00Z")
        #expect(found.stderr.contains("no changes found") && !found.stderr.contains("there is no"), "\(id): \(found)")
      }
      let other = try store.usher(
        "audit", "--subject", "device D5001", "--tenant", "acme", "--until", "2001-01-01T00:00:00Z")
      #expect(other.stderr.contains("there is no device 'D5001'; the nearest is 'D500"), "\(other)")
      let none = try store.usher("audit", "--subject", "device D5x00")
      #expect(none.stderr.contains("there is no device 'D5x00'; the nearest is 'D5"), "\(none)")
    }

    @Test func `a table begins with its window, and an unknown id is reported with the nearest one`() throws {
      let store = try Self.store()
      let table = try store.usher("audit")
      #expect(table.stderr.hasPrefix("changes since 20") && table.stderr.contains("the last 7 days"), "\(table)")
      let cut = try store.usher("audit", "--limit", "1", "--format", "json")
      #expect(cut.stderr.contains("showing the newest 1"), "\(cut)")
      let none = try store.usher("audit", "--subject", "device D11")
      #expect(none.stderr.contains("there is no device 'D11'; the nearest is 'D1'"), "\(none)")
      #expect(none.output.isEmpty)
      try store.usher("audit", "--tenant", "nobody", expecting: 1)
      try store.usher("audit", "--since", "soon", expecting: 64)
      try store.usher("audit", "--since", "1h", "--until", "2h", expecting: 64)
    }

    // MARK: - Who

    private func user(
      _ id: uid_t, login: uid_t? = nil, _ environment: [String: String] = [:]
    ) -> SystemUser {
      SystemUser(id: id, login: login, environment: environment, name: { [0: "root", 7: "ann", 8: "usher"][$0] })
    }

    @Test func `root is recorded with the user who became root, and nobody else can claim that`() {
      #expect(user(0).text == "root" && user(7).text == "ann" && user(9).text == "uid 9")
      #expect(user(0, ["SUDO_USER": "ann"]).text == "root (sudo by ann)")
      #expect(user(0, ["DOAS_USER": "ann"]).text == "root (doas by ann)")
      #expect(user(7, ["SUDO_USER": "boss", "USER": "boss"]).text == "ann")
      #expect(user(0, login: 7).text == "root (login by ann)")
      #expect(user(8, login: 7).text == "usher (login by ann)")
      #expect(user(0, login: .max).text == "root" && user(7, login: 7).text == "ann")
      #expect(user(0, ["SUDO_USER": "ann) (x\u{202E}"]).text == "root", "a variable that is no name")
      #expect(user(0, ["SUDO_USER": ""]).text == "root")
    }

    @Test func `--as is recorded together with the system user, who cannot be hidden`() throws {
      var options = try OperatorOptions.parse(["--as", "maria"])
      #expect(options.actor(for: user(0)).name == "maria" && options.actor(for: user(0)).systemUser == "root")
      options = try OperatorOptions.parse(["--as", "ann"])
      #expect(options.actor(for: user(7)).systemUser == nil)
      options = try OperatorOptions.parse([])
      #expect(options.actor(for: user(0, ["SUDO_USER": "ann"])).name == "root (sudo by ann)")
    }

    @Test(arguments: [
      "", "  ", "a\nb", "a\u{202E}b", "a\u{200B}b", "a\u{0007}", "root (sudo by ann)",
      String(repeating: "x", count: 65),
      "\u{FF08}sudo by ann\u{FF09}", "a\u{FE0F}", "\u{3164}", "\u{2800}", "a" + String(repeating: "\u{301}", count: 64),
      "usher", " Usher ",
    ])
    func `an empty name, or one that looks like another, is rejected`(name: String) {
      #expect(throws: (any Error).self) { try OperatorOptions.parse(["--as", name]) }
    }

    @Test(arguments: [
      "x\u{202E}", String(repeating: "x", count: 1001), " ", "a" + String(repeating: "\u{301}", count: 1000),
    ])
    func `an unreadable reason is rejected`(reason: String) {
      #expect(throws: (any Error).self) { try OperatorOptions.parse(["--reason", reason]) }
    }

    @Test func `a name is stored without surrounding spaces`() throws {
      #expect(try OperatorOptions.parse(["--as", "  maria \u{2003} lee "]).actor.name == "maria lee")
      #expect(try OperatorOptions.parse(["--as", "用戶 José"]).actor.name == "用戶 José")
    }

    @Test func `each writing command rejects such a name, and creates nothing`() throws {
      let name = "root (sudo by ann)"
      let folder = TestFolder()
      for command in [
        ["init"], ["import", "-"], ["device", "resume", "D1", "--tenant", "acme"],
        ["contact", "opt-out", "L1", "--tenant", "acme"], ["policy", "rollback"], ["policy", "guards", "remove", "x"],
        ["store", "prune", "--keep", "1d"],
      ] {
        let outcome = try UsherProcess.run(command + ["--as", name], in: folder.path)
        #expect(outcome.code == 64 && outcome.stderr.contains("--as"), "\(outcome)")
      }
      #expect(!folder.exists("usher.db"))
    }

    @Test func `retiring a device requires a reason`() throws {
      let store = try Self.store()
      let refused = try store.usher("device", "retire", "D3", "--tenant", "acme", "--reassign-to", "D2", expecting: 64)
      #expect(refused.stderr.contains("--reason"), "\(refused)")
      #expect(try Self.audit(store, ["--subject", "device D3"]) == [])
    }
  }
}
