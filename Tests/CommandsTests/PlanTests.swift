import Foundation
import Testing
import Wire

/// A plan is applied exactly as it was tried, or not at all.
struct PlanTests {
  private let store: TestStore
  private var plan: String { store.folder.file("change.plan") }

  init() throws { store = try TestStore.waiting() }

  private func save(_ arguments: String..., code: Int32 = 2) throws {
    let outcome = try UsherProcess.run(
      ["dry-run", "--store", store.path, "--at", Moment.ten, "--save", plan] + arguments, in: store.folder.path)
    #expect(outcome.code == code, "\(outcome)")
  }

  @discardableResult
  private func activate(
    _ arguments: String..., reason: String = "tried", code: Int32 = 0
  ) throws -> UsherProcess.Outcome {
    let outcome = try UsherProcess.run(
      ["policy", "activate", "--plan", plan, "--store", store.path, "--format", "json", "--all-tenants"]
        + ["--reason", reason] + arguments,
      in: store.folder.path)
    #expect(outcome.code == code, "\(outcome)")
    return outcome
  }

  private func tenant(_ id: String) throws -> JSONValue {
    try #require(try store.export().rows("tenant").first { $0["id"].text == id })
  }

  @Test func `the tried policy is live from the next tick, and is recorded`() throws {
    try save("--policy", "fallback", "--tenant", "acme", "--param", "max_wait=120")
    let report = try activate(reason: "the fleet grew").json()
    #expect(report[0]["tenant"] == "acme" && report[0]["policies"] == ["fallback"])
    #expect(report[0]["policies_before"] == ["hold"] && report[0]["params"] == ["max_wait": 120])
    #expect(try tenant("acme")["params"] == ["max_wait": 120])
    #expect(try tenant("globex")["policy"] == "hold")
    let audit = try #require(try store.export().rows("audit").last)
    #expect(
      audit["action"] == "activate" && audit["subject"] == "policy fallback" && audit["reason"] == "the fleet grew")
    try store.usher("tick", "--no-send", "--now", Moment.ten)
    let decisions = try store.export().rows("decision").filter { $0["at"].text == Moment.ten && $0["tenant"] == "acme" }
    #expect(decisions.count == 150 && decisions.contains { $0["outcome"] == "use" })
    try store.expectSound()
  }

  @Test
  func `the tried policy is active from the commit, recorded with actor and plan, and cycles have nothing to accept`()
    throws
  {
    try store.usher("tick", "--no-send", "--now", Moment.nine)
    try save("--policy", "fallback", "--tenant", "acme")
    try activate("--as", "ann")
    let listed = { try store.usher("policy", "list", "--format", "json").json().items.first { $0["tenant"] == "acme" } }
    let active = try #require(try listed())
    #expect(active["policy"] == "fallback" && active["revision"] != .null)
    #expect(active["action"] == "plan" && active["by"] == "ann" && active["generation"] == 2)
    #expect(active["waits"] == "0 of 150 decided again")
    try store.usher("dry-run", "--policy", "fallback", "--tenant", "acme", "--at", Moment.ten, expecting: 0)
    try store.usher("tick", "--no-send", "--now", Moment.ten)
    let later = try #require(try listed())
    #expect(later["waits"] == "150 of 150 decided again")
    for key in active.keys where key != "waits" { #expect(later[key] == active[key], "\(key)") }
  }

  @Test func `a plan is applied once: afterwards the live policies differ from those compared`() throws {
    try save("--policy", "fallback")
    try activate()
    let again = try activate(code: 1)
    #expect(again.stderr.contains("acme lists the policies fallback; in the dry run it listed hold"), "\(again)")
  }

  // MARK: - Stale plans

  /// Events between dry run and activation, and the resulting messages.
  enum Event: String, CaseIterable, Sendable {
    case decisions, policies, parameters, revision, paused, offline, retired, addedDevice, cap, texts, sequence, file,
      removedFile, cases, tenantGone
  }

  @Test(arguments: Event.allCases)
  func `a stale plan is rejected with what has changed`(event: Event) throws {
    try store.folder.write(TestStore.hold("new"), to: "new.lua")
    try save("--policy", "new.lua", code: 0)
    let words = try happen(event)
    let before = try store.export().bytes
    let outcome = try activate(code: 1)
    for word in words { #expect(outcome.stderr.contains(word), "\(event): \(outcome)") }
    #expect(outcome.stderr.contains("nothing was changed"))
    #expect(try store.export().bytes == before)
    #expect(!store.folder.exists("Rules/new.lua"))
    // An option lets a plan pass although decisions were made, but no other change.
    try activate("--data-may-differ", code: event == .decisions ? 0 : 1)
  }

  private func happen(_ event: Event) throws -> [String] {
    switch event {
    case .decisions:
      // The others' answers repeat the last ones, which makes no decisions.
      try store.add((900..<903).map { .lead($0, of: "acme", device: "D1") })
      try store.usher("tick", "--no-send", "--now", "2026-11-22T09:10:00Z")
      return ["3 new decisions, 3 new contacts", "--data-may-differ"]
    case .policies:
      try store.add([.tenant("globex", policy: "strict")])
      return ["globex lists the policies strict; in the dry run it listed hold"]
    case .parameters:
      try store.add([.tenant("acme", policy: "hold", maxWait: 7)])
      return ["acme has different parameters"]
    case .revision:
      try store.folder.write(TestStore.hold("edited"), to: "Rules/hold.lua")
      try store.usher("tick", "--no-send", "--now", "2026-11-22T08:00:00Z")
      return ["acme runs generation 2", "globex runs generation 2"]
    case .paused:
      try store.usher("device", "pause", "D2", "--tenant", "acme", "--minutes", "5")
      return ["device D2 of acme: paused until", "Z; not so in the dry run"]
    case .offline:
      try store.usher("device", "status", "D1", "--tenant", "globex", "--to", "offline")
      return ["device D1 of globex: offline; in the dry run online"]
    case .retired:
      try store.usher("device", "retire", "D3", "--tenant", "acme", "--reassign-to", "D1", "--reason", "given back")
      return ["device D3 of acme no longer exists"]
    case .addedDevice:
      try store.add([.device("D9", of: "globex")])
      return ["device D9 of globex is new"]
    case .cap:
      try store.add([.device("D1", of: "acme", hour: 8)])
      return ["device D1 of acme: 8 an hour; in the dry run 7 an hour"]
    case .texts, .sequence:
      let delays = event == .texts ? [0, 61] : [0]
      try store.add([.sequence(event == .texts ? "welcome" : "second", of: "acme", delays: delays)])
      return event == .texts ? ["sequence welcome of acme has different steps"] : ["sequence second of acme is new"]
    case .file:
      try store.folder.write(TestStore.hold("newer"), to: "new.lua")
      return ["new.lua or its cases changed since the dry run"]
    case .removedFile:
      try FileManager.default.removeItem(atPath: store.folder.file("new.lua"))
      return ["the file ", "new.lua no longer exists"]
    case .cases:
      try store.folder.write("return { policy = 'new', cases = {} }", to: "new_test.lua")
      return ["new.lua or its cases changed since the dry run"]
    case .tenantGone:
      // Rows are never deleted: a missing tenant means another store.
      try FileManager.default.removeItem(atPath: store.path)
      for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + suffix) }
      try store.usher("init")
      return ["this is not the store that the plan was made on"]
    }
  }

  // MARK: - Files

  @Test func `an external file is copied into the rules folder with its cases`() throws {
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/new.lua")
    let cases =
      "return { policy = 'new', cases = { { name = 'waits', contact = { id = 'c' }, expect = { reason = 'new' } } } }"
    try store.folder.write(cases, to: "elsewhere/new_test.lua")
    try save("--policy", "elsewhere/new.lua", code: 0)
    let outcome = try activate()
    #expect(outcome.stderr.contains("Rules/new.lua") && outcome.stderr.contains("Rules/new_test.lua"), "\(outcome)")
    for name in ["new.lua", "new_test.lua"] {
      #expect(try store.folder.contents("Rules/\(name)") == store.folder.contents("elsewhere/\(name)"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder.file("Rules")).count == 3)
    try store.usher("tick", "--no-send", "--now", Moment.ten)
    #expect(try store.export().rows("decision").last?["reason"] == "new")
  }

  @Test func `the live file is replaced by a new one with the same name`() throws {
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/hold.lua")
    try save("--policy", "elsewhere", code: 0)
    try activate()
    #expect(try store.folder.contents("Rules/hold.lua") == store.folder.contents("elsewhere/hold.lua"))
  }

  @Test func `a file that a tenant outside the plan lists is not replaced`() throws {
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/hold.lua")
    let before = try store.folder.contents("Rules/hold.lua")
    try save("--policy", "elsewhere", "--tenant", "acme", code: 0)
    #expect(try activate(code: 1).stderr.contains("tenant 'globex' also lists 'hold'"))
    #expect(try store.folder.contents("Rules/hold.lua") == before)
  }

  @Test func `a file that is not live, or was edited since, is not overwritten`() throws {
    try store.folder.write(TestStore.hold("mine"), to: "Rules/new.lua")
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/new.lua")
    try save("--policy", "elsewhere/new.lua", code: 0)
    #expect(try activate(code: 1).stderr.contains("Rules/new.lua differs from the live revision"))
    try store.folder.write(TestStore.hold("mine too"), to: "Rules/new.lua")
    #expect(try activate(code: 1).stderr.contains("Rules/new.lua or its cases changed since"))
  }

  @Test func `a plan cannot name a file outside the rules folder`() throws {
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/new.lua")
    try save("--policy", "elsewhere/new.lua", code: 0)
    let text = String(decoding: try store.folder.contents("change.plan"), as: UTF8.self)
    try store.folder.write(text.replacing("\"new\"", with: "\"../new\""), to: "change.plan")
    #expect(try activate(code: 1).stderr.contains("'../new' is not the name of a policy"))
    #expect(!store.folder.exists("new.lua"))
  }

  @Test func `cases without a policy in the rules folder are not overwritten`() throws {
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/new.lua")
    let cases =
      "return { policy = 'new', cases = { { name = 'waits', contact = { id = 'c' }, expect = { reason = 'new' } } } }"
    try store.folder.write(cases, to: "elsewhere/new_test.lua")
    try store.folder.write("-- mine", to: "Rules/new_test.lua")
    try save("--policy", "elsewhere/new.lua", code: 0)
    #expect(try activate(code: 1).stderr.contains("Rules/new_test.lua already exists and would be overwritten"))
    #expect(try store.folder.contents("Rules/new_test.lua") == Array("-- mine".utf8))
    #expect(!store.folder.exists("Rules/new.lua"))
  }

  @Test func `a link in the rules folder does not lead a file out of it`() throws {
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/new.lua")
    try save("--policy", "elsewhere/new.lua", code: 0)
    try FileManager.default.createSymbolicLink(
      atPath: store.folder.file("Rules/out"), withDestinationPath: store.folder.file("elsewhere"))
    let text = String(decoding: try store.folder.contents("change.plan"), as: UTF8.self)
    try store.folder.write(text.replacing("\"new\"", with: "\"out/other\""), to: "change.plan")
    #expect(try activate(code: 1).stderr.contains("outside the rules folder"))
    #expect(!store.folder.exists("elsewhere/other.lua"))
  }

  @Test func `a plan does not change a tenant that was not part of the dry run`() throws {
    try save("--policy", "fallback", "--tenant", "acme")
    let text = String(decoding: try store.folder.contents("change.plan"), as: UTF8.self)
    let place = try #require(text.range(of: "\"changes\""))
    let changed =
      text[..<place.upperBound]
      + text[place.upperBound...].replacing("\"acme\"", with: "\"globex\"", maxReplacements: 1)
    try store.folder.write(String(changed), to: "change.plan")
    let outcome = try activate(code: 1)
    #expect(outcome.stderr.contains("it changes tenant 'globex', which was not part of the dry run"), "\(outcome)")
    #expect(try tenant("globex")["policy"] == "hold")
  }

  @Test func `without a rules folder no external file is accepted`() throws {
    let bare = try TestStore([.tenant("acme")])
    try bare.folder.write(TestStore.hold("new"), to: "new.lua")
    try bare.usher("dry-run", "--policy", "new.lua", "--save", "p")
    let outcome = try bare.usher("policy", "activate", "--plan", "p", expecting: 1)
    #expect(outcome.stderr.contains("no rules folder"), "\(outcome)")
  }

  @Test func `a policy whose case fails for a tenant is not activated`() throws {
    try store.folder.write(TestStore.hold("new"), to: "new.lua")
    try store.folder.write(
      "return { policy = 'new', cases = { { name = 'says old', contact = { id = 'c' }, expect = { reason = 'old' } } } }",
      to: "new_test.lua")
    try save("--policy", "new.lua", code: 0)
    let outcome = try activate(code: 1)
    #expect(outcome.stderr.contains("says old") && outcome.stderr.contains("'acme'"), "\(outcome)")
    #expect(!store.folder.exists("Rules/new.lua"))
  }

  @Test func `a policy that fails leaves no plan`() throws {
    try store.folder.write("return { select = function(c) return use(c.devise) end }", to: "bad.lua")
    try save("--policy", "bad.lua", code: 1)
    #expect(!store.folder.exists("change.plan"))
  }

  @Test(arguments: ["{}", "not json", "{\"format\":99}", "[]"])
  func `a file that is not a plan is rejected`(text: String) throws {
    try store.folder.write(text, to: "change.plan")
    #expect(try activate(code: 1).stderr.contains("change.plan"))
  }

  // MARK: - A daemon

  @Test func `a running daemon applies a plan between two cycles`() throws {
    let daemon = try store.serve()
    try daemon.says(" started ")
    try store.folder.write(TestStore.hold("new"), to: "elsewhere/new.lua")
    let outcome = try UsherProcess.run(
      ["dry-run", "--store", store.path, "--policy", "elsewhere/new.lua", "--save", plan], in: store.folder.path)
    #expect([0, 2].contains(outcome.code), "\(outcome)")
    try activate("--data-may-differ")
    try daemon.says("plan activated")
    try eventually("contacts wait for the new reason") {
      try store.usher("contact", "show", "welcome/L1", "--tenant", "acme", "--format", "json").json()["reason"] == "new"
    }
    daemon.signal(SIGTERM)
    #expect(try daemon.end().code == 0)
    try store.expectSound()
  }
}
