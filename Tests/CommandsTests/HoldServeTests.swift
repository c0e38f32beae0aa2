import Foundation
import GRDB
import Testing
import Wire

extension Slow {
  /// `usher hold` and `usher release` with a running daemon.
  struct HoldServeTests {
    private static let tenants = ["acme", "globex"]

    /// Two tenants with many messages each. With `cap`, a device sends at most that many of them until `uncap`, so that
    /// some are left for the next part of the test on any machine.
    private func busyStore(_ leads: Int = 1500, cap: Int? = nil) throws -> TestStore {
      let rows = Self.tenants.flatMap { tenant -> [JSONValue] in
        [.tenant(tenant, policy: "assigned"), .device("D1", of: tenant, hour: cap), .sequence(of: tenant)]
          + (0..<leads).map { .lead($0, of: tenant, device: "D1") }
      }
      return try TestStore(rows)
    }

    /// Lets the devices of `busyStore` send without a cap: from here on only a hold stops messages.
    private func uncap(_ store: TestStore) throws {
      try store.add(Self.tenants.map { .device("D1", of: $0) })
    }

    private func lines(_ path: String) -> [JSONValue] {
      (FileManager.default.contents(atPath: path) ?? Data()).split(separator: UInt8(ascii: "\n"))
        .compactMap { try? JSONParser.parse(Array($0)) }
    }

    /// Waits for two more cycles of the process, so that it has had every opportunity to send.
    private func letCyclesPass(_ process: UsherProcess, _ store: TestStore) throws {
      func last() -> JSONValue {
        let text = (try? String(contentsOfFile: store.path + ".lock", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").dropFirst().first ?? ""
        return ((try? JSONParser.parse(Array(line.utf8))) ?? .null)["ended"]["uptime"]
      }
      for _ in 0..<3 {
        let before = last()
        try eventually("a cycle ends") { last() != before && last() != .null }
      }
    }

    /// The number of messages with the gateway that the hold reported.
    private func withGateway(_ hold: UsherProcess.Outcome) -> Int {
      let line = hold.stderr.split(separator: "\n").first { $0.hasSuffix("with the gateway and cannot be recalled") }
      return line?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    }

    /// Expects that nothing was sent since `hold`, when `before` messages had been sent, except those that it counted.
    private func expectNothingSent(
      since hold: UsherProcess.Outcome, before: Int, _ store: TestStore, of total: Int,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(before < total, "the hold came too late to prove anything", sourceLocation: sourceLocation)
      let sent = lines(store.sentLog).count
      #expect((before...before + withGateway(hold)).contains(sent), "\(sent)", sourceLocation: sourceLocation)
    }

    private func expectEachOnce(_ store: TestStore, of count: Int, sourceLocation: SourceLocation = #_sourceLocation)
      throws
    {
      let sent = lines(store.sentLog)
      let names = Set(sent.map { "\($0["tenant"].text ?? "") \($0["contact"].text ?? "") \($0["step"].whole ?? 0)" })
      #expect(sent.count == count, sourceLocation: sourceLocation)
      #expect(names.count == count, "each is sent once", sourceLocation: sourceLocation)
      try store.expectSound(sourceLocation: sourceLocation)
    }

    private func stop(_ process: UsherProcess) throws {
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
    }

    @Test func `after hold returns nothing is sent, not even after a kill, and release sends everything once`()
      throws
    {
      let store = try busyStore(cap: 1000)
      let first = try store.serve()
      try eventually("something was sent") { lines(store.sentLog).count > 10 }
      let hold = try store.usher("hold", "--reason", "outage", "--as", "ann")
      let before = lines(store.sentLog).count
      #expect(hold.stderr.contains("sending is on hold since ") && hold.stderr.contains(" by ann: outage"), "\(hold)")
      #expect(hold.output.isEmpty)
      #expect(!store.folder.exists("usher.db.hold"), "it is in the store")
      try first.says("sending is on hold by=ann")
      try uncap(store)
      try letCyclesPass(first, store)
      expectNothingSent(since: hold, before: before, store, of: 3000)
      let again = try store.usher("hold", "--reason", "once more", "--as", "bob")
      #expect(
        again.stderr.hasPrefix("already: sending is on hold since ") && again.stderr.contains("by ann: outage"),
        "\(again)")

      first.signal(SIGKILL)
      _ = try first.end()
      let second = try store.serve()
      try second.says("sending is on hold by=ann")
      try letCyclesPass(second, store)
      expectNothingSent(since: hold, before: before, store, of: 3000)
      let states = try store.export().rows("message").compactMap { $0["status"].text }
      #expect(Set(states).isSubset(of: ["pending", "sent"]))
      let release = try store.usher("release", "--reason", "over", "--as", "bob")
      #expect(release.stderr.hasPrefix("released: sending was on hold since "), "\(release)")
      try eventually("everything was sent") { lines(store.sentLog).count >= 3000 }
      try second.says("hold released by=bob held_by=ann held_reason=outage kind=operator reason=over")
      try stop(second)
      try expectEachOnce(store, of: 3000)
    }

    @Test func `messages with the gateway are counted, and nothing is sent after them`() throws {
      let store = try busyStore()
      // A gateway that accepts what fits into a pipe, and then does not answer.
      let pipe = store.folder.file("sent")
      #expect(mkfifo(pipe, 0o600) == 0)
      let descriptor = open(pipe, O_RDWR | O_NONBLOCK)
      defer { close(descriptor) }
      func drain() -> Int {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? bytes.prefix(count).count { $0 == UInt8(ascii: "\n") } : 0
      }
      func size() -> Int32 {
        var size: Int32 = 0
        _ = ioctl(descriptor, UInt(FIONREAD), &size)
        return size
      }
      let process = try store.serve("--sent", pipe)
      var last: Int32 = -1
      try eventually("the pipe is full") {
        usleep(100_000)
        defer { last = size() }
        return size() > 32_000 && size() == last
      }
      let hold = try store.usher("hold", "--reason", "outage")
      #expect(hold.stderr.contains("1 message is with the gateway and cannot be recalled"), "\(hold)")
      let accepted = drain()
      try eventually("the one message came through") { size() > 0 }
      #expect(drain() == 1)
      try process.says("sent failed=0")
      try letCyclesPass(process, store)
      #expect(drain() == 0)
      try stop(process)
      let sent = try store.export().rows("message").count { $0["status"] == "sent" }
      #expect(sent == accepted + 1)
      try store.expectSound()
    }

    @Test func `a hold of a tenant stops only that tenant, and is independent of the store's hold`() throws {
      let store = try busyStore(300)
      let tenant = try store.usher("hold", "--tenant", "acme", "--reason", "wrong text")
      #expect(tenant.stderr.contains("sending for acme is on hold since "), "\(tenant)")
      let process = try store.serve()
      try eventually("globex is sent") { lines(store.sentLog).count { $0["tenant"] == "globex" } == 300 }
      try letCyclesPass(process, store)
      #expect(lines(store.sentLog).allSatisfy { $0["tenant"] == "globex" })
      try store.usher("hold", "--reason", "outage")
      let other = try store.usher("release", "--reason", "over")
      #expect(other.stderr.contains("still in force: sending for acme is on hold"), "\(other)")
      try letCyclesPass(process, store)
      #expect(lines(store.sentLog).allSatisfy { $0["tenant"] == "globex" })
      try store.usher("release", "--tenant", "acme", "--reason", "corrected")
      try eventually("acme is sent") { lines(store.sentLog).count >= 600 }
      try stop(process)
      try expectEachOnce(store, of: 600)
    }

    @Test func `a hold works while another program locks the store`() throws {
      let store = try busyStore(cap: 1000)
      let process = try store.serve()
      try eventually("something was sent") { lines(store.sentLog).count > 10 }
      let queue = try DatabaseQueue(path: store.path)
      var before = 0
      let hold = try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA busy_timeout = 20000; BEGIN IMMEDIATE")
        let hold = try store.usher("hold", "--reason", "outage")
        before = lines(store.sentLog).count
        #expect(hold.stderr.contains("the hold is only in the file \(store.path).hold"), "\(hold)")
        #expect(store.folder.exists("usher.db.hold"))
        try db.execute(sql: "ROLLBACK")
        return hold
      }
      try eventually("the process puts it into the store") { !store.folder.exists("usher.db.hold") }
      try uncap(store)
      try letCyclesPass(process, store)
      expectNothingSent(since: hold, before: before, store, of: 3000)
      let health = try store.usher("health", expecting: 1)
      #expect(health.text.contains("sending is on hold since"), "\(health)")
      try store.usher("release", "--reason", "over")
      try eventually("everything was sent") { lines(store.sentLog).count >= 3000 }
      try stop(process)
      try expectEachOnce(store, of: 3000)
    }

    @Test func `a hold is uncertain while a process does not answer, which sends nothing later`() throws {
      let store = try busyStore(cap: 1000)
      let process = try store.serve()
      try eventually("something was sent") { lines(store.sentLog).count > 10 }
      process.signal(SIGSTOP)
      defer { process.signal(SIGCONT) }
      let hold = try store.usher("hold", "--reason", "outage", "--wait", "1", expecting: 1)
      #expect(hold.stderr.contains("process \(process.id) has not acknowledged the hold within 1 s"), "\(hold)")
      #expect(hold.stderr.contains("The hold stays in force"), "\(hold)")
      let before = lines(store.sentLog).count
      process.signal(SIGCONT)
      try process.says("sending is on hold")
      try uncap(store)
      try letCyclesPass(process, store)
      #expect(lines(store.sentLog).count <= before + 1, "at most the one that was under way")
      let answered = try store.usher("hold", "--reason", "outage")
      #expect(answered.stderr.contains("already: "), "\(answered)")
      try store.usher("release", "--reason", "over")
      try eventually("everything was sent") { lines(store.sentLog).count >= 3000 }
      try stop(process)
      try expectEachOnce(store, of: 3000)
    }

    @Test func `a process whose lock file was deleted stops, and a second one sends the rest once`() throws {
      let store = try busyStore(cap: 1000)
      let first = try store.serve()
      try eventually("something was sent") { lines(store.sentLog).count > 10 }
      unlink(store.path + ".lock")
      #expect(try first.end().code == 1)
      #expect(first.stderr.contains("the lock file \(store.path).lock was deleted or replaced"), "\(first.stderr)")
      try uncap(store)
      let second = try store.serve()
      try eventually("everything was sent") { lines(store.sentLog).count >= 3000 }
      try stop(second)
      try expectEachOnce(store, of: 3000)
    }

    @Test func `a truncated hold file stops a running process`() throws {
      let store = try busyStore(300)
      try store.folder.write("{\"holds\":[{\"ten", to: "usher.db.hold")
      let process = try store.serve()
      try process.says("sending is on hold by=usher kind=unreadable")
      try letCyclesPass(process, store)
      #expect(lines(store.sentLog).isEmpty)
      let release = try store.usher("release", "--reason", "it was torn", "--as", "bob")
      #expect(release.stderr.contains("released: removed the hold file"), "\(release)")
      try process.says("hold released by=bob held_by=usher held_reason=")
      try eventually("everything was sent") { lines(store.sentLog).count >= 600 }
      try stop(process)
      try expectEachOnce(store, of: 600)
    }
  }
}
