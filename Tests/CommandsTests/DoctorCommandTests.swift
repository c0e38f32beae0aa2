import RoutingTestKit
import Testing
import Wire

/// `usher doctor`: its output on a healthy machine, and that it detects problems.
struct DoctorCommandTests {
  @Test func `a healthy machine gives versions, checks and contained defects, and exit code 0`() throws {
    let outcome = try UsherProcess.run(["doctor", "--format", "json"], environment: ["LC_ALL": "de_DE.UTF-8"])
    #expect(outcome.code == 0, "\(outcome)")
    let lines = try outcome.json().items
    #expect(lines.allSatisfy { $0.keys == ["part", "check", "state", "found"] })
    #expect(lines.allSatisfy { ["ok", "contained", "partly", "absent"].contains($0["state"].text) })
    func found(_ part: String, _ check: String) -> String? {
      lines.first { $0["part"].text == part && $0["check"].text == check }?["found"].text
    }
    #expect(found("Lua", "version")?.hasPrefix("Lua 5.4.") == true)
    #expect(found("SQLite", "version")?.hasPrefix("3.") == true)
    #expect(found("Lua", "SHA-256")?.hasPrefix("OpenSSL ") == true)
    for check in ["instruction counter", "environment", "exact count", "budget", "memory cap", "lengths", "powers"] {
      #expect(found("Lua", check) != nil, "\(check)")
    }
    #expect(lines.contains { $0["part"].text == "SQLite" && $0["check"].text?.hasPrefix("WAL-reset") == true })
  }

  @Test func `a store is examined when it is named`() throws {
    let store = try TestStore()
    let lines = try store.usher("doctor", "--format", "json").json().items
    let ours = lines.filter { $0["part"].text == "store" }
    #expect(
      ours.map { $0["check"].text } == ["files", "version", "identity", "journal", "foreign keys", "pages", "clock"])
    #expect(ours.allSatisfy { $0["state"].text == "ok" })
  }

  @Test func `a problem of a store is reported with exit code 1`() throws {
    let folder = TestFolder()
    try folder.write("not a store", to: "usher.db")
    let outcome = try UsherProcess.run(["doctor", "--store", folder.file("usher.db"), "--format", "csv"])
    #expect(outcome.code == 1)
    #expect(outcome.text.contains("store,opens,wrong,"))
    #expect(outcome.stderr.contains("found something wrong"))
    let missing = try UsherProcess.run(["doctor", "--store", folder.file("none.db")])
    #expect(missing.code == 1 && missing.text.contains("there is no store"))
  }
}
