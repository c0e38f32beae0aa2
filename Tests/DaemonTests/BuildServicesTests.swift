import Daemon
import Delivery
import Foundation
import Operations
import Routing
import RoutingTestKit
import Stores
import Testing

/// The services that the composition root builds run on a real store.
@Suite(.timeLimit(.minutes(2)))
struct BuildServicesTests {
  @Test func `the services enrol, decide, send and log it`() async throws {
    let scene = try Scene()
    try await scene.run {
      await scene.step()
      #expect(scene.sent.count == 5)
      #expect(scene.sent.allSatisfy { $0.contains(#""device":"D1""#) })
    }
    #expect(scene.lines.first == "2026-11-22T09:00:00Z notice started process=7 store=\(scene.path)")
    #expect(
      scene.logged("info cycle") == [
        "info cycle cancelled=0 decided=5 enrolled=5 faults=0 queued=5 skipped=0 waiting=0"
      ])
    #expect(scene.logged("info sent").allSatisfy { $0.hasSuffix("failed=0 returned=0 sent=5 unknown=0") })
    #expect(scene.lines.last == "2026-11-22T09:01:00Z notice stopped")
    let report = try Stores.open(scene.path, mode: .readOnly).integrity()
    #expect(report.isSound)
  }

  @Test func `the sums of the last minute are logged at the end, before the line that says so`() async throws {
    let scene = try Scene(
      policy: "mine", files: ["mine": "return { select = function() return wait('later than ' .. now, 1) end }"])
    try await scene.run {
      // The contacts are due again every second; each step is less than a minute.
      for _ in 0..<3 { await scene.step(seconds: 10) }
    }
    #expect(scene.logged("info cycle").count == 1)
    #expect(
      scene.lines.suffix(2) == [
        "2026-11-22T09:00:30Z info activity cancelled=0 cycles=3 decided=15 enrolled=0 failed=0 faults=0 queued=0 returned=0 "
          + "seconds=30 sent=0 skipped=0 unknown=0 waiting=15", "2026-11-22T09:00:30Z notice stopped",
      ], "\(scene.lines)")
  }

  @Test func `only a log of JSON has whole digests`() async throws {
    for (format, pattern) in [
      (ServiceOptions.LogFormat.text, #"revision=[0-9a-f]{12} "#), (.json, #""revision":"sha256:[0-9a-f]{64}""#),
    ] {
      let scene = try Scene()
      try await scene.run(scene.options { $0.logFormat = format }) {}
      let line = try #require(scene.logged("first policies active").first)
      #expect(try line.contains(Regex(pattern)), "\(line)")
    }
  }

  @Test func `a log of JSON objects carries the same fields`() async throws {
    let scene = try Scene()
    try await scene.run(scene.options { $0.logFormat = .json }) {}
    #expect(
      scene.lines.first
        == #"{"at":"2026-11-22T09:00:00Z","level":"notice","message":"started","process":"7","store":"\#(scene.path)"}"#
    )
    #expect(
      scene.lines.contains(
        #"{"at":"2026-11-22T09:00:00Z","level":"info","message":"cycle","cancelled":"0","decided":"5","enrolled":"5","#
          + #""faults":"0","queued":"5","skipped":"0","waiting":"0"}"#), "\(scene.lines)")
  }

  @Test func `events of cycles are logged with their levels`() async throws {
    let policy = { (reason: String) in
      "return { select = function(contact, fleet) return wait('\(reason)', 60) end }"
    }
    let scene = try Scene(policy: "mine", files: ["mine": policy("one")])
    try await scene.run {
      #expect(scene.logged("first policies active").count == 1, "\(scene.lines)")
      try scene.folder.write(policy("two"), to: "Rules/mine.lua")
      await scene.step()
      #expect(scene.logged("policy accepted").first?.hasPrefix("notice ") == true, "\(scene.lines)")
      try scene.folder.write("return {", to: "Rules/mine.lua")
      await scene.step()
      #expect(
        scene.logged("policy refused").first?.hasPrefix(#"error policy refused; the last good revision goes on error="#)
          == true, "\(scene.lines)")
    }
  }

  @Test func `options reach the cycle: a pinned process ignores an edited file, and faults suspend the policy`()
    async throws
  {
    let scene = try Scene(
      policy: "mine", files: ["mine": "return { select = function() error('broken') end }"])
    let options = scene.options {
      $0.suspendAfter = 3
      $0.isPinned = true
    }
    try await scene.run(options) {
      #expect(scene.logged("policy suspended").first?.contains("faults=5 ") == true, "\(scene.lines)")
      try scene.folder.write("return { select = function() return wait('later', 60) end }", to: "Rules/mine.lua")
      await scene.step()
      #expect(scene.logged("policy accepted").isEmpty)
    }
  }

  @Test func `a stopped process leaves the store unlocked`() async throws {
    let scene = try Scene()
    try await scene.run { #expect(throws: StoreError.self) { try scene.expectUnlocked() } }
    try scene.expectUnlocked()
  }

  @Test func `a process that is stopped before it runs does at most one round, and ends`() async throws {
    let scene = try Scene()
    let daemon = try Daemon(scene.options(), signals: false)
    await daemon.stop()
    try await daemon.run()
    #expect(scene.lines.last?.hasSuffix("notice stopped") == true)
  }

  @Test func `a second process and a tick are rejected with the process that runs on the store`() async throws {
    let scene = try Scene()
    let holder = "process \(ProcessInfo.processInfo.processIdentifier)"
    func expectRefused(_ body: () throws -> Void) {
      do {
        try body()
        Issue.record("two processes run on one store")
      } catch {
        #expect("\(error)".contains(holder), "\(error)")
      }
    }
    try await scene.run {
      expectRefused { _ = try Daemon(scene.options(), signals: false) }
      expectRefused { _ = try buildTick(scene.options(), sends: true, notify: { _ in }) }
      await scene.step()
    }
    #expect(scene.sent.count == 5, "the first goes on")
  }

  @Test func `a failed start leaves nothing locked and the sent file unchanged`() throws {
    let scene = try Scene()
    #expect(throws: Problem(.unreadableFile, "expected a folder of policies at \(scene.path).no, found none")) {
      _ = try buildServices(scene.options { $0.rules = scene.path + ".no" })
    }
    try scene.expectUnlocked()
    #expect(!scene.folder.exists("usher.db.sent.jsonl"))
    #expect(throws: LogGateway.OpenError.self) {
      _ = try buildServices(scene.options { $0.sent = .file(scene.folder.path) })
    }
    try scene.expectUnlocked()
    #expect(throws: StoreError.self) { _ = try buildServices(scene.options { $0.store = scene.path + ".no" }) }
    #expect(try buildServices(scene.options()).count == 3)
    try scene.expectUnlocked()
  }
}
