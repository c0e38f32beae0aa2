import Foundation
import GRDB
import Testing
import Wire

/// `usher hold` and `usher release` without a daemon. `HoldServeTests` covers them with a daemon, and `HoldGateTests` a
/// sender in this process that is stopped between two messages.
struct HoldCommandTests {
  /// Two tenants with many messages each, without pace or caps.
  private func busyStore(_ leads: Int) throws -> TestStore {
    let rows = ["acme", "globex"].flatMap { tenant -> [JSONValue] in
      [.tenant(tenant, policy: "assigned"), .device("D1", of: tenant), .sequence(of: tenant)]
        + (0..<leads).map { .lead($0, of: tenant, device: "D1") }
    }
    return try TestStore(rows)
  }

  private func lines(_ path: String) -> [JSONValue] {
    (FileManager.default.contents(atPath: path) ?? Data()).split(separator: UInt8(ascii: "\n"))
      .compactMap { try? JSONParser.parse(Array($0)) }
  }

  @Test func `a tick on hold decides, sends nothing, and reports the hold`() throws {
    let store = try busyStore(10)
    try store.usher("hold", "--reason", "outage", "--as", "ann")
    let tick = try store.usher("tick", "--format", "json")
    let json = try tick.json()
    #expect(json["queued"] == 20 && json["sent"] == 0, "\(tick)")
    #expect(tick.stderr.contains("sending is on hold since ") && tick.stderr.contains(" by ann: outage"), "\(tick)")
    #expect(lines(store.sentLog).isEmpty)
    try store.usher("release", "--reason", "over")
    #expect(try store.usher("tick", "--format", "json").json()["sent"] == 20)
  }

  @Test(arguments: ["clock", "restore", "machine"])
  func `a hold of another kind stops sending, and release does not end it`(kind: String) throws {
    let store = try busyStore(10)
    try DatabaseQueue(path: store.path).write { db in
      try db.execute(
        sql: "INSERT INTO holds (kind, reason, actor, at) VALUES (?, 'why', 'usher', 1)", arguments: [kind])
    }
    #expect(try store.usher("tick", "--format", "json").json()["sent"] == 0)
    let release = try store.usher("release", "--reason", "over", expecting: 1)
    #expect(release.stderr.contains("kind '\(kind)' and cannot be released by `usher release`"), "\(release)")
    #expect(try store.usher("tick", "--format", "json").json()["sent"] == 0)
  }

  @Test func `release without a hold reports that, and a missing tenant is reported with the nearest name`()
    throws
  {
    let store = try TestStore([.tenant("acme")])
    #expect(try store.usher("release", "--reason", "r").stderr == "sending is not on hold: nothing to release\n")
    for command in ["hold", "release"] {
      let outcome = try store.usher(command, "--tenant", "acmee", "--reason", "r", expecting: 1)
      #expect(outcome.stderr.contains("there is no tenant 'acmee'; the nearest is 'acme'"), "\(outcome)")
    }
    #expect(!store.folder.exists("usher.db.hold"))
  }

  @Test func `a hold file of a tenant that does not exist is ended by a release`() throws {
    let store = try TestStore([.tenant("acme")])
    try store.folder.write(
      #"{"holds":[{"tenant":"acmee","reason":"typo","by":"ann","at":"2026-11-22T09:00:00Z"}]}"#, to: "usher.db.hold")
    let release = try store.usher("release", "--tenant", "acmee", "--reason", "typo")
    #expect(release.stderr.contains("released: sending for acmee was on hold since "), "\(release)")
    #expect(!store.folder.exists("usher.db.hold"))
    try store.usher("release", "--tenant", "acmee", "--reason", "typo", expecting: 1)
  }

  @Test func `the text of a hold file cannot control a terminal`() throws {
    let store = try busyStore(1)
    try store.folder.write(
      #"{"holds":[{"tenant":null,"reason":"a\u001b[2Jb","by":"ann","at":"2026-11-22T09:00:00Z"}]}"#, to: "usher.db.hold"
    )
    for arguments in [["tick"], ["device", "list"], ["policy", "list"], ["top", "--once"], ["report", "devices"]] {
      let outcome = try UsherProcess.run(arguments + ["--store", store.path])
      let shown = outcome.text + outcome.stderr
      #expect(shown.contains("by ann: a\\u{1B}[2Jb") && !shown.contains("\u{1B}"), "\(outcome)")
    }
  }

  @Test(arguments: [
    ["hold"], ["release"], ["hold", "--reason", " "], ["hold", "--reason", "r", "--wait", "-1"],
    ["hold", "--reason", "r", "--all-tenants"], ["health", "--max-cycle-age", "0"],
  ])
  func `wrong usage is rejected, and holds nothing`(arguments: [String]) throws {
    let store = try TestStore([.tenant("acme")])
    let outcome = try UsherProcess.run(arguments + ["--store", store.path])
    #expect(outcome.code == 64, "\(outcome)")
    #expect(try store.usher("release", "--reason", "r").stderr == "sending is not on hold: nothing to release\n")
  }

  @Test func `a hold is shown by every command that explains why nothing is sent`() throws {
    let store = try busyStore(10)
    try store.usher("tick", "--no-send")
    try store.usher("hold", "--reason", "outage", "--as", "ann")
    let sentence = "sending is on hold since "
    for arguments in [
      ["policy", "list"], ["device", "list"], ["report", "devices"], ["report", "mismatches"], ["report", "sequences"],
    ] {
      let outcome = try UsherProcess.run(arguments + ["--store", store.path, "--format", "json"])
      #expect(outcome.stderr.contains(sentence) && outcome.stderr.contains("by ann: outage"), "\(outcome)")
    }
    let devices = try store.usher("report", "devices", "--format", "csv")
    #expect(devices.text.split(separator: "\n")[0].hasSuffix(",load,hold,waiting"), "\(devices)")
    #expect(try store.usher("report", "devices").text.contains(sentence))
    #expect(try store.usher("top", "--once").text.contains("ON HOLD: " + sentence))
    let hold = try store.usher("top", "--format", "json").json()["holds"][0]
    #expect(hold["reason"] == "outage" && hold["by"] == "ann" && hold["kind"] == "operator" && hold["tenant"] == .null)
    let explained = try store.usher("explain", "welcome/L1", "--tenant", "acme")
    #expect(explained.text.contains("Sending is on hold since ") && explained.text.contains("by ann: outage"))
    #expect(explained.text.contains("usher release --reason"), "\(explained)")
    let json = try store.usher("explain", "welcome/L1", "--tenant", "acme", "--format", "json").json()
    #expect(json["hold"]["by"] == "ann" && json["next"]["at"] == .null)
  }

  @Test func `a hold applies under every name of the store, and only a store can be held`() throws {
    let store = try busyStore(1)
    let link = store.folder.file("link.db")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store.path)
    #expect(try UsherProcess.run(["hold", "--reason", "outage", "--store", link]).code == 0)
    #expect(try store.usher("tick", "--format", "json").json()["sent"] == 0)
    try DatabaseQueue(path: store.folder.file("other.db")).write { db in try db.execute(sql: "CREATE TABLE t (a)") }
    let other = try UsherProcess.run(["hold", "--reason", "outage", "--store", store.folder.file("other.db")])
    #expect(other.code == 1 && other.stderr.contains("another program"), "\(other)")
    #expect(!store.folder.exists("other.db.hold"))
  }

  @Test func `a store with several names is neither held nor released, but health works`() throws {
    let store = try busyStore(1)
    let link = store.folder.file("hard.db")
    try FileManager.default.linkItem(atPath: store.path, toPath: link)
    for (command, path) in [("hold", link), ("hold", store.path), ("release", link), ("tick", store.path)] {
      let reason = command == "tick" ? [] : ["--reason", "r"]
      let outcome = try UsherProcess.run([command] + reason + ["--store", path])
      #expect(outcome.code == 1 && outcome.stderr.contains("expected one name for the store"), "\(outcome)")
    }
    #expect(!store.folder.exists("hard.db.hold") && !store.folder.exists("usher.db.hold"))
    #expect(try UsherProcess.run(["health", "--store", link]).text.contains("can be read"))
  }

  @Test func `a hold with an unreadable lock file is in force but uncertain, and health reports it`() throws {
    let store = try busyStore(1)
    let lock = store.path + ".lock"
    try FileManager.default.createSymbolicLink(atPath: lock, withDestinationPath: lock)
    let hold = try store.usher("hold", "--reason", "outage", expecting: 1)
    #expect(hold.stderr.contains("cannot tell whether a process sends: \(lock) may not be read"), "\(hold)")
    #expect(store.folder.exists("usher.db.hold"))
    let report = try UsherProcess.run(["health", "--store", store.path, "--format", "json"]).json()
    let states = report["checks"].items.map { $0["state"].text }
    #expect(states.prefix(4) == ["ok", "unknown", "unknown", "failed"])
  }

  @Test func `removing an unreadable hold file by a release is recorded in the audit`() throws {
    let store = try busyStore(1)
    try store.folder.write("", to: "usher.db.hold")
    try store.usher("release", "--reason", "by mistake", "--as", "bob")
    let line = try #require(try store.export().rows("audit").last)
    #expect(line["action"] == "release" && line["subject"] == "store" && line["actor"] == "bob", "\(line)")
    #expect(
      line["reason"] == "by mistake" && line["detail"] == "removed the hold file, which could not be read", "\(line)")
  }

  @Test func `a directory in place of the hold file is reported, and a release explains how to remove it`() throws {
    let store = try busyStore(1)
    try FileManager.default.createDirectory(
      atPath: store.path + ".hold", withIntermediateDirectories: false)
    let release = try store.usher("release", "--reason", "r", expecting: 1)
    #expect(release.stderr.contains("\(store.path).hold is a directory"), "\(release)")
    #expect(release.stderr.contains("rm -r"), "\(release)")
    #expect(try store.export().rows("audit").allSatisfy { $0["action"] != "release" })
    let tick = try store.usher("tick")
    #expect(tick.stderr.contains("is a directory") && !tick.stderr.contains("usher release"), "\(tick)")
  }

  @Test func `the table of devices shows a hold once`() throws {
    let store = try busyStore(1)
    try store.usher("hold", "--reason", "outage")
    for arguments in [["device", "list"], ["report", "devices"]] {
      let table = try UsherProcess.run(arguments + ["--store", store.path])
      #expect(table.text.contains("sending is on hold since ") && table.stderr.isEmpty, "\(table)")
    }
  }

  @Test func `explain names the holds of the store and of the tenant`() throws {
    let store = try busyStore(1)
    try store.usher("tick", "--no-send")
    try store.usher("hold", "--reason", "outage")
    try store.usher("hold", "--tenant", "acme", "--reason", "wrong prices")
    let text = try store.usher("explain", "welcome/L0", "--tenant", "acme").text
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains(": outage.") && text.contains(": wrong prices."), "\(text)")
    #expect(text.contains("Nothing is sent before both holds are released."), "\(text)")
    #expect(text.contains("usher release --reason") && text.contains("usher release --tenant acme --reason"), "\(text)")
    let json = try store.usher("explain", "welcome/L0", "--tenant", "acme", "--format", "json").json()
    #expect(json["hold"]["tenant"] == .null && json["hold"]["reason"] == "outage")
    let other = try store.usher("explain", "welcome/L0", "--tenant", "globex").text
    #expect(!other.contains("wrong prices"), "\(other)")
  }

  @Test func `a second hold on a scope reports which reason stays`() throws {
    let store = try busyStore(1)
    try store.usher("hold", "--reason", "outage", "--as", "ann")
    let again = try store.usher("hold", "--reason", "wrong prices", "--as", "bob")
    #expect(again.stderr.contains("already: sending is on hold since ") && again.stderr.contains("by ann: outage"))
    #expect(again.stderr.contains("the existing hold keeps its reason; yours is not recorded"), "\(again)")
  }

  @Test func `holds belong to a store, and an export omits them`() throws {
    let store = try busyStore(1)
    try store.usher("hold", "--reason", "outage")
    let types = Set(try store.export().lines.compactMap { $0["type"].text })
    #expect(!types.contains("hold"))
    #expect(types.contains("audit"), "the hold is recorded")
  }
}
