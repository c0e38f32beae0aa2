import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import StoreSQL
@testable import StoreSQLite

struct HoldTests {
  private let folder: TestFolder
  private let path: String
  private let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  init() throws {
    folder = TestFolder()
    path = folder.file("usher.db")
    _ = try SQLiteStore.create(at: path)
  }

  private func hold(_ tenant: String? = nil, by actor: Actor = "ann") -> SendingHold {
    SendingHold(tenant: tenant.flatMap { TenantID($0) }, reason: "outage", actor: actor, at: now)
  }

  private func addTenant(_ id: String) throws {
    try DatabaseQueue(path: path).write { db in
      try db.execute(
        sql: "INSERT INTO tenants (external_id, name, policies, created_at) VALUES (?, 'Acme', '[\"assigned\"]', 0)",
        arguments: [id])
    }
  }

  @Test func `a store of the previous version is upgraded with its rows, and has no holds`() throws {
    let old = folder.file("old.db")
    try SQLiteStore.create(at: old, migrations: Migrations.all.upTo(5)).pool.close()
    try DatabaseQueue(path: old).write { db in
      try db.execute(
        sql:
          "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('acme', 'Acme', '[\"assigned\"]', 0)")
    }
    let store = try SQLiteStore.open(at: old, mode: .readWrite)
    #expect(try store.read { try $0.tenants() }.count == 1)
    #expect(try store.holds().isEmpty)
    #expect(try store.startHold(hold("acme")) == hold("acme"))
  }

  @Test func `the hold file carries several holds, by whatever name the store is given, and is for its user alone`()
    throws
  {
    let link = folder.file("link.db")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    #expect(try HoldFile(of: link).add(hold("acme")).hold == hold("acme"))
    #expect(try HoldFile(of: path).add(hold()).hold == hold())
    #expect(try HoldFile(of: link).add(hold(by: "bob")).hold == hold(), "a scope has one")
    #expect(HoldFile(of: path).holds() == [hold("acme"), hold()])
    let mode = try FileManager.default.attributesOfItem(atPath: path + ".hold")[.posixPermissions] as? Int
    #expect(mode == 0o600)
    try HoldFile(of: path).remove { $0.tenant == nil }
    #expect(HoldFile(of: link).holds() == [hold("acme")])
    try HoldFile(of: path).remove { _ in true }
    #expect(!HoldFile(of: path).isThere)
  }

  @Test func `a hold file of a tenant that does not exist yet stays, and stops it from its first message on`() throws {
    #expect(try HoldFile(of: path).add(hold("acme")).hold == hold("acme"))
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    try store.recordHoldFile()
    #expect(try store.holds() == [hold("acme")])
    try addTenant("acme")
    try store.recordHoldFile()
    let rows = try store.reading { db in try HoldRows.inForce(db) }
    #expect(rows == [hold("acme")])
  }

  @Test(arguments: ["directory", "pipe", "unreadable JSON", "too long"])
  func `anything unreadable in place of a hold file holds everything, and blocks nobody`(what: String) throws {
    let file = path + ".hold"
    switch what {
    case "directory": try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    case "pipe": #expect(mkfifo(file, 0o600) == 0)
    case "too long": try Data(repeating: 0x20, count: 2 << 20).write(to: URL(fileURLWithPath: file))
    default: try Data("{\"holds\":".utf8).write(to: URL(fileURLWithPath: file))
    }
    let holds = HoldFile(of: path).holds()
    #expect(holds.map(\.kind) == [.unreadable])
    #expect(holds.covering(TenantID("anybody")!) != nil)
  }
}

struct HeartbeatTests {
  private let folder: TestFolder
  private let path: String

  init() throws {
    folder = TestFolder()
    path = folder.file("usher.db")
    _ = try SQLiteStore.create(at: path)
  }

  private func time(_ uptime: Int64, boot: String = "a", clock: Int64 = 0) -> HeartbeatTime {
    HeartbeatTime(clock: Instant(milliseconds: clock), uptime: uptime, boot: boot)
  }

  @Test func `a process's heartbeat can be read, and its last cycle outlives it`() throws {
    do {
      let lock = try StoreLock.acquire(path: path)
      let five = time(5)
      let heartbeat = try Heartbeat(path: path, every: 2000, now: { five })
      heartbeat.cycleBegan()
      heartbeat.cycleEnded()
      heartbeat.acknowledge([Beat.Acknowledged(key: "k", withGateway: 2)])
      let beat = try #require(Heartbeat.last(path: path))
      #expect(beat.process == getpid() && beat.every == 2000 && beat.ended == time(5))
      #expect(beat.holds == [Beat.Acknowledged(key: "k", withGateway: 2)])
      #expect(StoreLock.holder(path: path) == getpid())
      _ = consume lock
    }
    let lock = try StoreLock.acquire(path: path)
    let beat = try #require(Heartbeat.last(path: path))
    #expect(beat.ended == time(5), "the last cycle stays known")
    #expect(beat.holds.isEmpty, "the holds seen by another process do not")
    _ = consume lock
  }

  @Test func `an age is right after the clock was set, and after a restart of the machine`() {
    #expect(time(1000, clock: 9_000_000).age(at: time(4000, clock: 0)) == 3000)
    #expect(time(1000, clock: 5000).age(at: time(10, boot: "b", clock: 65_000)) == 60_000)
    #expect(time(4000).age(at: time(1000)) == 0)
  }

  @Test func `a process that takes over is seen, and heartbeats of one millisecond differ`()
    throws
  {
    let lock = try StoreLock.acquire(path: path)
    let five = time(5)
    let heartbeat = try Heartbeat(path: path, every: 2000, now: { five })
    var numbers: Set<Int64> = []
    for count in 0..<20 {
      heartbeat.acknowledge([Beat.Acknowledged(key: "k", withGateway: count)])
      let lines = try String(contentsOfFile: path + ".lock", encoding: .utf8).split(separator: "\n")
      guard case .object(let object) = try JSONParser.parse(Array(lines[1].utf8)),
        case .integer(let number)? = object["n"]
      else { continue }
      numbers.insert(number)
    }
    #expect(numbers.count == 20)
    _ = consume lock
  }

  @Test func `a heartbeat of which one half is older is not read`() throws {
    let lock = try StoreLock.acquire(path: path)
    let heartbeat = try Heartbeat(path: path, every: 2000)
    let file = URL(fileURLWithPath: path + ".lock")
    heartbeat.acknowledge([Beat.Acknowledged(key: "k", withGateway: 1)])
    let older = try Data(contentsOf: file)
    heartbeat.acknowledge([Beat.Acknowledged(key: "k", withGateway: 2)])
    let newer = try Data(contentsOf: file)
    try #require(older.count == newer.count)
    try (newer.prefix(newer.count / 2) + older.suffix(older.count - newer.count / 2)).write(to: file)
    #expect(Heartbeat.last(path: path) == nil)
    _ = consume lock
  }

  @Test func `a heartbeat that cannot be written is reported once, and written when it can be`() throws {
    let full = folder.file("full.db")
    _ = try SQLiteStore.create(at: full)
    try FileManager.default.createSymbolicLink(atPath: full + ".lock", withDestinationPath: "/dev/full")
    let heartbeat = try Heartbeat(path: full, every: 2000)
    let notice = try #require(heartbeat.takeNotice())
    #expect(notice.contains("\(full).lock cannot be written (No space left on device)"), "\(notice)")
    heartbeat.acknowledge([Beat.Acknowledged(key: "k", withGateway: 1)])
    heartbeat.cycleBegan()
    #expect(heartbeat.takeNotice() == nil)
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "1125899906842625", "-1", "1e300", "\"x\"", "null"])
  func `numbers of a damaged lock file are ignored, and nothing traps`(number: String) throws {
    let moment = "{\"at\":\(number),\"uptime\":\(number),\"boot\":\"a\"}"
    let text = """
      42
      {"n":7,"start":\(number),"every_ms":\(number),"began":\(moment),"ended":\(moment),\
      "holds":[{"key":"k","with_gateway":\(number)},{"key":"l","with_gateway":3}],"end":7}

      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + ".lock"))
    let beat = try #require(Heartbeat.last(path: path))
    #expect(beat.every == nil && beat.began == nil && beat.ended == nil)
    #expect(beat.holds == [Beat.Acknowledged(key: "l", withGateway: 3)])
    // The next process overwrites it.
    let lock = try StoreLock.acquire(path: path)
    #expect(Heartbeat.last(path: path)?.process == getpid())
    _ = consume lock
  }

  @Test(arguments: ["0", "-3", "99999999999", ""])
  func `a lock file with an impossible process id has no heartbeat`(process: String) throws {
    try Data("\(process)\n{\"n\":1,\"end\":1}\n".utf8).write(to: URL(fileURLWithPath: path + ".lock"))
    #expect(Heartbeat.last(path: path) == nil)
    #expect(StoreLock.holder(path: path) == nil)
  }

  @Test func `the age between any two times does not trap`() {
    #expect(time(.min).age(at: time(.max)) == .max)
    #expect(time(.max).age(at: time(.min)) == 0)
    #expect(time(0, clock: .min).age(at: time(0, boot: "b", clock: .max)) == .max)
  }

  @Test func `a process id in the lock file that was reused is not reported as running`() throws {
    // This process is alive but does not hold the lock.
    try Data("\(getpid())\n".utf8).write(to: URL(fileURLWithPath: path + ".lock"))
    #expect(StoreLock.holder(path: path) == nil)
  }

  @Test func `a lock on another store does not count for this one`() throws {
    let other = folder.file("other.db")
    _ = try SQLiteStore.create(at: other)
    let lock = try StoreLock.acquire(path: other)
    try Data("\(getpid())\n".utf8).write(to: URL(fileURLWithPath: path + ".lock"))
    #expect(StoreLock.holder(path: other) == getpid())
    #expect(StoreLock.holder(path: path) == nil)
    _ = consume lock
  }
}
