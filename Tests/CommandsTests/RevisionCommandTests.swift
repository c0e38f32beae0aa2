import Foundation
import Routing
import Testing
import Wire

/// Commands on revisions: show, compare, activate, roll back, with actor and reason.
struct RevisionCommandTests {
  private let store: TestStore

  init() throws {
    store = try TestStore(
      [.tenant("acme", policy: "hold"), .device("D1"), .sequence(delays: [0, 60])]
        + (0..<20).map { .lead($0, device: "D1") }
        + [.tenant("globex", policy: "hold"), .device("D1", of: "globex"), .sequence(of: "globex")]
        + (0..<20).map { .lead($0, of: "globex", device: "D1") })
    try store.folder.write(Self.policy("one"), to: "Rules/hold.lua")
    try store.folder.write(Self.policy("two"), to: "new/hold.lua")
    try tick("2026-11-22T09:00:00Z")
  }

  private static func policy(_ reason: String) -> String {
    """
    return {
      params = { seconds = 1 },
      select = function(contact, fleet)
        return wait('\(reason)', params.seconds)
      end,
    }

    """
  }

  private func tick(_ time: String, _ arguments: String...) throws {
    let outcome = try UsherProcess.run(
      ["tick", "--no-send", "--now", time, "--store", store.path] + arguments, in: store.folder.path)
    #expect(outcome.code == 0, "\(outcome)")
  }

  private func policy(_ arguments: String..., expecting code: Int32? = 0) throws -> UsherProcess.Outcome {
    let outcome = try UsherProcess.run(["policy"] + arguments + ["--store", store.path], in: store.folder.path)
    if let code { #expect(outcome.code == code, "\(outcome)") }
    return outcome
  }

  private func status(_ tenant: String = "acme") throws -> JSONValue {
    try #require(
      try policy("list", "--format", "json").json().items.first { $0["tenant"].text == tenant })
  }

  private func reasons(at time: String, of tenant: String = "acme") throws -> Set<String> {
    Set(
      try store.export().rows("decision").filter { $0["at"].text == time && $0["tenant"].text == tenant }
        .map { $0["reason"].text! })
  }

  /// The waits of a tenant's contacts now.
  private func waits(of tenant: String = "acme") throws -> Set<String> {
    Set(
      try store.export().rows("enrolment").filter { $0["tenant"].text == tenant }
        .map { "\($0["reason"].text ?? "nothing") until \($0["next_at"].text ?? "nothing")" })
  }

  @Test func `a file is activated for one tenant and rolled back, with actor and reason`() throws {
    let before = try status()["revision"].text
    let activated = try policy(
      "activate", "--policy", "new/hold.lua", "--tenant", "acme", "--as", "ann", "--reason", "half price", "--format",
      "json"
    ).json()
    #expect(activated.items.count == 1 && activated[0]["tenant"] == "acme" && activated[0]["generation"] == 2)
    try tick("2026-11-22T10:00:00Z")
    #expect(try reasons(at: "2026-11-22T10:00:00Z") == ["two"])
    // An answer that repeats the last one is not on record, but its time is.
    #expect(try reasons(at: "2026-11-22T10:00:00Z", of: "globex") == [])
    #expect(try waits(of: "globex") == ["one until 2026-11-22T10:00:01Z"])
    let listed = try status()
    #expect(listed["by"] == "ann" && listed["reason"] == "half price" && listed["action"] == "activate")
    #expect(listed["held"].text?.contains("activate by ann: half price") == true)
    _ = try policy("rollback", "--tenant", "acme", "--reason", "too many waits")
    try tick("2026-11-22T11:00:00Z")
    #expect(try reasons(at: "2026-11-22T11:00:00Z") == ["one"])
    #expect(try status()["revision"].text == before)
    let history = try policy("history", "--tenant", "acme", "--format", "json").json().items
    #expect(history.map { $0["action"].text } == ["edit", "activate", "rollback"])
    #expect(history[1]["from"] == "new/hold.lua" && history[2]["from"] == "generation 2 to 1")
    // Without --as it is the user of the process, from the system's user database.
    let user = try #require(getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) })
    #expect(history[2]["by"].text?.hasPrefix(user) == true && history[2]["reason"] == "too many waits")
    let audit = try store.export().rows("audit")
    #expect(audit.map { $0["action"].text } == ["activate", "rollback"] && audit[0]["actor"] == "ann")
    try store.expectSound()
    try store.usher("replay")
  }

  @Test func `a recorded revision is activated again without its file, by the beginning of its digest`() throws {
    let first = try #require(try status()["revision"].text)
    try store.folder.write(Self.policy("two"), to: "Rules/hold.lua")
    try tick("2026-11-22T10:00:00Z")
    try FileManager.default.removeItem(atPath: store.folder.file("Rules/hold.lua"))
    try FileManager.default.removeItem(atPath: store.folder.file("new/hold.lua"))
    _ = try policy(
      "activate", "--revision", String(first.dropFirst(7).prefix(12)), "--all-tenants", "--reason", "back")
    try tick("2026-11-22T11:00:00Z")
    #expect(try reasons(at: "2026-11-22T11:00:00Z") == ["one"])
    for tenant in ["acme", "globex"] { #expect(try status(tenant)["revision"].text == first) }
    let show = try policy("show", first, "--format", "json").json()
    #expect(show["source"].text == Self.policy("one") && show["params"] == ["seconds": 1])
    let use = show["uses"][0]
    #expect(use["tenant"] == "acme" && use["generations"] == "1 to 3" && use["decisions"] == 40)
    #expect(use["first_decision_at"] == "2026-11-22T09:00:00Z" && use["last_decision_at"] == "2026-11-22T11:00:00Z")
    #expect(try policy("show", first, "--source").text == Self.policy("one"))
  }

  @Test func `an ambiguous digest is rejected with the candidates, and so is an unknown one`() throws {
    // Real revisions rarely share four hexadecimal digits, which the command requires, so a similar digest is imported.
    var digests: [String] = []
    for number in 0..<2 {
      try store.folder.write(Self.policy("version \(number)"), to: "Rules/hold.lua")
      try tick("2026-11-22T1\(number):00:00Z")
      digests.append(try #require(try status()["revision"].text))
    }
    #expect(try policy("show", "abc", expecting: 1).stderr.contains("at least 4 of its hexadecimal digits"))
    #expect(try policy("show", "sha256:zzzz", expecting: 1).stderr.contains("expected a revision"))
    #expect(try policy("show", "0000000000", expecting: 1).stderr.contains("there is no revision 0000000000"))
    // A revision with nearly the same digest, added by an import.
    let similar = digests[0].dropLast(2) + (digests[0].hasSuffix("00") ? "11" : "00")
    try store.add([
      [
        "type": "policy_revision", "id": .string(String(similar)), "policy": "twin", "source": "return {}",
        "params": [:],
        "created_at": "2026-11-22T09:00:00Z",
      ]
    ])
    let refused = try policy("show", String(digests[0].prefix(30)), expecting: 1)
    let candidates = [digests[0], String(similar)]
    let short = candidates.map { ShortDigests(telling: candidates).shortening($0) }
    #expect(refused.stderr.contains("found several") && !refused.stderr.contains("sha256:\(short[0])"))
    for text in short {
      #expect(refused.stderr.contains(text))
      _ = try policy("show", text)
    }
    _ = try policy("show", digests[0])
  }

  @Test func `a diff shows source and parameters, and exits 2 if there is a difference`() throws {
    let against = try policy("diff", "new/hold.lua", "--tenant", "acme", expecting: 2).text
    #expect(against.contains("-    return wait('one', params.seconds)\n+    return wait('two', params.seconds)\n"))
    #expect(against.contains("@@ -1,7 +1,7 @@") && !against.contains("parameters"))
    #expect(try policy("diff", "Rules/hold.lua", "--tenant", "acme").text.isEmpty)
    try store.add([["type": "tenant", "id": "acme", "params": ["seconds": 9]]])
    try tick("2026-11-22T10:00:00Z")
    let (mine, theirs) = (try status()["revision"].text!, try status("globex")["revision"].text!)
    let parameters = try policy("diff", theirs, mine, expecting: 2).text
    #expect(parameters.contains("-seconds = 1\n+seconds = 9\n") && !parameters.contains("return wait"))
    #expect(try policy("diff", "Rules/hold.lua", expecting: 1).stderr.contains("several revisions of 'hold'"))
  }

  @Test func `a rollback restores policies with their parameters, and a second one goes further back`() throws {
    try store.add([["type": "tenant", "id": "acme", "params": ["seconds": 9]]])
    try tick("2026-11-22T10:00:00Z")
    _ = try policy("activate", "--policy", "new/hold.lua", "--tenant", "acme")
    _ = try policy("rollback", "--tenant", "acme")
    let tenant = { try store.export().rows("tenant").first { $0["id"] == "acme" }! }
    #expect(try tenant()["params"] == ["seconds": 9])
    _ = try policy("rollback", "--tenant", "acme")
    #expect(try tenant()["params"] == [:])
    #expect(
      try policy("rollback", "--tenant", "acme", expecting: 1).stderr.contains(
        "there are no earlier policies to restore")
    )
    try tick("2026-11-22T11:00:00Z")
    #expect(try status()["revision"] == status("globex")["revision"])
    #expect(try policy("history", "--tenant", "acme", "--format", "json").json().items.count == 5, "no edit came after")
    _ = try policy("rollback", "--tenant", "acme", "--to", "3")
    try tick("2026-11-22T12:00:00Z")
    #expect(try reasons(at: "2026-11-22T12:00:00Z") == ["two"])
    #expect(try policy("rollback", "--to", "1", expecting: 1).stderr.contains("--to 1 requires --tenant"))
    #expect(
      try policy("rollback", "--tenant", "acme", "--to", "99", expecting: 1).stderr.contains("has no generation 99"))
  }

  @Test func `the next rollback does not restore a revision that was rolled back`() throws {
    let good = try status()["revision"].text
    _ = try policy("activate", "--policy", "new/hold.lua", "--tenant", "acme")
    _ = try policy("rollback", "--tenant", "acme", "--reason", "it is bad")
    _ = try policy("activate", "--policy", "new/hold.lua", "--tenant", "acme", "--canary", "10%")
    let sides = try policy("canary", "--tenant", "acme", "--format", "json").json().items
    #expect(sides.map { $0["side"].text } == ["live", "canary"] && sides.map { $0["share"].text } == ["90%", "10%"])
    #expect(sides[1]["rollback_limits"].text == RollbackLimits.standard.text)
    _ = try policy("rollback", "--tenant", "acme")
    #expect(try policy("canary").stderr.contains("no canary is running"))
    #expect(
      try policy("rollback", "--tenant", "acme", expecting: 1).stderr.contains(
        "there are no earlier policies to restore")
    )
    try tick("2026-11-22T10:00:00Z")
    #expect(try status()["revision"].text == good)
    // The actor who held a file is shown whatever happened later.
    _ = try policy("guards", "set", "daily_limit", "--param", "limit=7")
    try tick("2026-11-22T10:00:10Z")
    #expect(try policy("history", "--tenant", "nobody", expecting: 1).stderr.contains("there is no tenant 'nobody'"))
    for words in [
      ["policy", "history"], ["policy", "rollback"], ["policy", "activate", "--policy", "fallback"],
      ["policy", "canary"],
      ["policy", "guards", "set", "daily_limit", "--param", "limit=3"], ["simulate"], ["top", "--once"],
    ] {
      let outcome = try UsherProcess.run(words + ["--tenant", "acmee", "--store", store.path], in: store.folder.path)
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.stderr.contains("there is no tenant 'acmee' in the store; the nearest is 'acme'"), "\(outcome)")
    }
  }

  @Test func `a policy that fails its check or its cases is not activated`() throws {
    try store.folder.write("return { select = function(c, f) return wait(c.nmae, 1) end }", to: "new/hold.lua")
    #expect(try policy("activate", "--policy", "new/hold.lua", expecting: 1).stderr.contains("nmae"))
    try store.folder.write(Self.policy("two"), to: "new/hold.lua")
    try store.folder.write(
      "return { policy = 'hold', cases = { { name = 'says three', contact = { id = 'c' }, expect = { reason = 'three' } } } }",
      to: "new/hold_test.lua")
    #expect(
      try policy("activate", "--policy", "new/hold.lua", "--canary", "10%", expecting: 1).stderr.contains("says three"))
    #expect(try policy("history", "--format", "json").json().items.count == 2)
  }

  @Test func `a dry activation writes nothing and exits 2, and contradictory usage exits 64`() throws {
    let dry = try policy("activate", "--policy", "new/hold.lua", "--dry", "--format", "json", expecting: 2).json()
    #expect(dry.items.count == 2 && dry[0]["generation"] == .null)
    #expect(try policy("history", "--format", "json").json().items.count == 2)
    _ = try policy("activate", expecting: 64)
    _ = try policy("activate", "--policy", "a", "--revision", "abcd", expecting: 64)
    _ = try policy("activate", "--policy", "a", "--canary", "0%", expecting: 64)
    _ = try policy("activate", "--policy", "a", "--canary", "10%", "--rollback-when", "fault=1%", expecting: 64)
    _ = try policy("activate", "--policy", "a", "--rollback-when", "faults=1%", expecting: 64)
    let old = try policy("activate", "--policy", "a", "--canary", "10%", "--guard", "faults=1%", expecting: 64)
    #expect(old.stderr.contains("has no option '--guard': it is now called '--rollback-when'"), "\(old)")
    #expect(try policy("promote", expecting: 1).stderr.contains("no canary is running"))
    #expect(try policy("shadow", expecting: 1).stderr.contains("no shadow is running"))
  }

  @Test func `a pinned tick ignores an edited file and shows that in the list`() throws {
    try store.folder.write(Self.policy("edited"), to: "Rules/hold.lua")
    try tick("2026-11-22T10:00:00Z", "--pinned")
    #expect(try reasons(at: "2026-11-22T10:00:00Z") == [])
    #expect(try waits() == ["one until 2026-11-22T10:00:01Z"])
    #expect(try policy("list").stderr.contains("is pinned"))
    try tick("2026-11-22T11:00:00Z")
    #expect(try reasons(at: "2026-11-22T11:00:00Z") == ["edited"])
  }

  @Test func `canaries and shadows survive an export, and the copy continues them`() throws {
    _ = try policy(
      "activate", "--policy", "new/hold.lua", "--tenant", "acme", "--canary", "40%", "--rollback-when", "least=40")
    _ = try policy("activate", "--policy", "strict", "--tenant", "acme", "--shadow")
    try tick("2026-11-22T10:00:00Z")
    #expect(try reasons(at: "2026-11-22T10:00:00Z") == ["one", "two"])
    let export = try store.export()
    #expect(export.rows("canary_tally").count == 2 && export.rows("shadow_tally").count == 1)
    #expect(!export.rows("shadow_difference").isEmpty && !export.rows("shadow_sample").isEmpty)
    let copy = try TestStore(in: store.folder, name: "copy.db")
    try copy.usher("import", "-", input: export.bytes)
    #expect(try copy.export().bytes == export.bytes)
    try copy.usher("import", "-", input: export.bytes)
    #expect(try copy.export().bytes == export.bytes)
    try copy.usher("replay")
    try copy.expectSound()
    for store in [store, copy] {
      try store.usher("tick", "--no-send", "--now", "2026-11-22T11:00:00Z")
    }
    let decided = { (store: TestStore) in
      try store.export().rows("decision").filter { $0["at"].text == "2026-11-22T11:00:00Z" }
        .map { "\(Export.contact($0)) \($0["reason"].text!)" }
    }
    #expect(try decided(copy) == decided(store))
  }
}
