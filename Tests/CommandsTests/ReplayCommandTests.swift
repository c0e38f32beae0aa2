import Foundation
import GRDB
import Testing
import Wire

/// `usher replay` as a process.
struct ReplayCommandTests {
  /// Two tenants, three ticks from nine o'clock on.
  private func store() throws -> TestStore {
    let store = try TestStore()
    var lines: [JSONValue] = []
    for tenant in ["acme", "globex"] {
      lines += [.tenant(tenant, policy: "fallback"), .sequence(of: tenant, delays: [0, 60])]
      lines += (1...4).map { .device("D\($0)", of: tenant, status: $0 == 3 ? "offline" : "online", hour: $0 * 3) }
      lines += (0..<20).map { .lead($0, of: tenant, device: "D\($0 % 4 + 1)") }
    }
    try store.add(lines)
    for minute in ["09:00", "09:05", "10:10"] { try store.usher("tick", "--now", "2026-11-22T\(minute):00Z") }
    return store
  }

  private func bytes(_ store: TestStore) -> [Data] {
    ["", "-wal"].map { FileManager.default.contents(atPath: store.path + $0) ?? Data() }
  }

  @Test func `replay verifies the record, writes nothing, and its parts add up`() throws {
    let store = try store()
    let before = bytes(store)
    let report = try store.usher("replay", "--format", "json").json()
    let parts = ["identical", "different", "not_asked", "timeouts", "without_record", "archived", "by_operators"]
    #expect(report["decisions"].whole == parts.reduce(0) { $0 + (report[$1].whole ?? -1) })
    #expect(report["identical"].whole! > 60 && report["different"].whole == 0)
    #expect(report["first_difference"] == .null)
    let table = try store.usher("replay", "--tenant", "acme", "--since", "2026-11-22T09:01:00Z").text
    #expect(table.hasPrefix("part") && table.contains("identical"))
    let csv = try store.usher("replay", "--format", "csv").text
    #expect(csv.hasPrefix("part,decisions\nidentical,"))
    #expect(bytes(store) == before)
  }

  @Test func `a differing decision is reported first, and the exit code is 1`() throws {
    let store = try store()
    try DatabaseQueue(path: store.path).write { db in
      try db.execute(sql: "UPDATE decisions SET instructions = instructions + 1 WHERE id IN (7, 9)")
    }
    let outcome = try store.usher("replay", "--format", "json", expecting: 1)
    #expect(outcome.stderr.hasPrefix("usher: decision 7 of acme, contact welcome/"))
    #expect(outcome.stderr.contains("expected instructions "))
    let difference = try outcome.json()["first_difference"]
    #expect(difference["decision"] == 7 && difference["key"] == "instructions")
    #expect(difference["recorded"]["instructions"].whole == difference["replayed"]["instructions"].whole! + 1)
    #expect(try store.usher("replay", "--decision", "8").code == 0)
    #expect(try store.usher("replay", "--decision", "9", expecting: 1).stderr.contains("1 of 1 decisions differ"))
  }

  @Test func `replay with another policy reports like a dry run`() throws {
    let store = try store()
    let same = try store.usher("replay", "--policy", "fallback", "--format", "json").json()
    #expect(same["contacts"].whole! > 60 && same["changed"] == 0)
    let other = try store.usher("replay", "--policy", "reassign", "--format", "json", expecting: 2).json()
    #expect(other["changed"].whole! > 0 && other["contacts"] == same["contacts"])
    let parameter = try store.usher(
      "replay", "--policy", "strict", "--param", "max_wait=7", "--format", "json", expecting: 2)
    #expect(try parameter.json()["contacts"] == same["contacts"])
    #expect(try store.usher("replay", "--param", "max_wait=7", expecting: 64).output.isEmpty)
    let one = try store.usher("replay", "--policy", "fallback", "--decision", "5", "--format", "json").json()
    #expect(one["contacts"] == 1)
  }

  @Test func `decisions that cannot be replayed are reported, and wrong usage is rejected`() throws {
    let store = try store()
    #expect(
      try store.usher("replay", "--decision", "99999", expecting: 1).stderr.contains("there is no decision 99999"))
    #expect(
      try store.usher("replay", "--tenant", "nobody", expecting: 1).stderr.contains("there is no tenant 'nobody'"))
    #expect(try store.usher("replay", "--limit", "0", expecting: 64).output.isEmpty)
    #expect(try store.usher("replay", "--since", "soon", expecting: 64).output.isEmpty)
    #expect(try store.usher("replay", "--limit", "3", "--format", "json").json()["identical"] == 3)
    // Imported decisions replay like the exported ones; those without a fleet record are counted.
    let export = try store.export()
    let copy = try TestStore(in: store.folder, name: "copy.db")
    try copy.usher("import", "-", input: export.bytes)
    let report = try copy.usher("replay", "--format", "json").json()
    #expect(report["identical"] == report["decisions"] && report["decisions"].whole! > 60)
    let bare = try TestStore(in: store.folder, name: "bare.db")
    try bare.add(
      export.lines.compactMap { line in
        guard case .object(let object) = line, line["type"] != "fleet_record" else { return nil }
        guard line["type"] == "decision" else { return line }
        return .object(JSONObject(object.members.filter { $0.0 != "fleet" }))
      })
    let without = try bare.usher("replay", "--format", "json").json()
    #expect(without["without_record"] == report["decisions"] && without["identical"] == 0)
  }

  @Test func `contact show prints the numbers that replay accepts`() throws {
    let store = try store()
    let shown = try store.usher("contact", "show", "welcome/L1", "--tenant", "acme", "--format", "json").json()
    let numbers = shown["history"].items.compactMap { $0["decision"].whole }
    #expect(!numbers.isEmpty)
    for number in numbers {
      #expect(try store.usher("replay", "--decision", "\(number)", "--format", "json").json()["identical"] == 1)
    }
  }
}
