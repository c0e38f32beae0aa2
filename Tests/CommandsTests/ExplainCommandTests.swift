import Foundation
import RoutingTestKit
import Testing
import Wire

/// `usher explain` as a process: names, exit codes, and nothing written.
struct ExplainCommandTests {
  private func store() throws -> TestStore {
    let store = try TestStore()
    var lines: [JSONValue] = []
    for tenant in ["acme", "globex"] {
      lines += [.tenant(tenant), .sequence(of: tenant, delays: [0, 60]), .device("D1", of: tenant)]
      lines += [.lead(1, of: tenant, device: "D1"), .lead(tenant == "acme" ? 2 : 3, of: tenant, device: "D1")]
    }
    try store.add(lines)
    try store.usher("tick", "--now", Moment.nine)
    return store
  }

  @Test(arguments: ["welcome/L2", "L2", "+60121000002"])
  func `a contact is found by its id, its lead or its phone number`(name: String) throws {
    let outcome = try store().usher("explain", name, "--at", Moment.ten)
    #expect(
      outcome.text.hasPrefix("welcome/L2 of acme: Lead 2, +60121000002; step 2 of 2; assigned to Phone D1 (D1)\n"))
    #expect(outcome.text.contains("\nWhat would be decided now\n  fallback ("))
    #expect(outcome.stderr.isEmpty)
  }

  @Test func `a name shared by several contacts lists them, and the tenant selects one`() throws {
    let store = try store()
    let outcome = try store.usher("explain", "welcome/L1", "--at", Moment.ten, expecting: 1)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.stderr == """
        usher: expected one contact, found several for 'welcome/L1'; name one of
          welcome/L1 --tenant acme  (scheduled)
          welcome/L1 --tenant globex  (scheduled)

        """)
    let one = try store.usher("explain", "welcome/L1", "--tenant", "globex", "--format", "json", "--at", Moment.ten)
    #expect(try one.json()["tenant"] == "globex")
  }

  @Test func `an unknown name lists the nearest ones`() throws {
    let store = try store()
    let outcome = try store.usher("explain", "welcom/L2", expecting: 1)
    #expect(
      outcome.stderr.hasPrefix(
        "usher: there is no contact, lead or phone number 'welcom/L2'; the nearest are\n  welcome/L2 --tenant acme"))
    #expect(try store.usher("explain", "L1", "--tenant", "nobody", expecting: 1).stderr.contains("no tenant 'nobody'"))
    #expect(
      try store.usher("explain", "--decision", "99", expecting: 1).stderr.contains("decision 99 is not in this store"))
    try store.usher("explain", expecting: 64)
    try store.usher("explain", "--decision", "1", "--policy", "strict", expecting: 64)
  }

  @Test func `a lead in no sequence is shown with what its triggers wait for`() throws {
    let store = try store()
    let lead = { (number: Int, triggers: JSONValue) -> JSONValue in
      [
        "type": "lead", "tenant": "acme", "id": .string("L\(number)"), "phone": .string("+6012000000\(number)"),
        "triggers": triggers,
      ]
    }
    try store.add([
      [
        "type": "sequence", "tenant": "acme", "id": "later", "trigger": "LATER", "status": "paused",
        "steps": [["delay_s": 0, "content": "Hello"]],
      ], lead(8, []), lead(9, ["NEW", "LATER", "X"]),
    ])
    let prefix = { (lead: String) in "usher: \(lead) of acme is a lead in no sequence, so no step is due" }
    #expect(
      try store.usher("explain", "L8", expecting: 1).stderr
        == prefix("L8") + ": it has no trigger; import one for it\n")
    #expect(
      try store.usher("explain", "+60120000009", expecting: 1).stderr == """
        \(prefix("L9"))
          trigger 'NEW' is open: the next cycle enrols it in welcome
          trigger 'LATER' is open, and waits for its sequence: later is paused
          trigger 'X' is open, and no sequence has this trigger

        """)
    try store.usher("contact", "opt-out", "L9", "--tenant", "acme")
    #expect(try store.usher("explain", "L9", expecting: 1).stderr.hasPrefix(prefix("L9") + ": it opted out at "))
  }

  @Test func `another policy can be evaluated`() throws {
    let store = try store()
    let file = try store.folder.write("return { select = function() return skip('enough') end }", to: "new.lua")
    let outcome = try store.usher("explain", "welcome/L2", "--policy", file, "--at", Moment.ten, "--format", "json")
    #expect(try outcome.json()["decision"]["outcome"] == "skip")
    #expect(try outcome.json()["decision"]["reason"] == "enough")
  }

  @Test func `explain writes nothing, and the same inputs give the same bytes`() throws {
    let store = try store()
    let before = try store.folder.contents("usher.db")
    let rows = try store.export().bytes
    for format in ["table", "json", "csv"] {
      let arguments = ["explain", "welcome/L2", "--at", Moment.ten, "--format", format, "--store", store.path]
      let first = try UsherProcess.run(arguments)
      let second = try UsherProcess.run(arguments, environment: ["TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8"])
      #expect(first.code == 0 && first.output == second.output, "\(first)")
    }
    try store.usher("explain", "--decision", "1", "--at", Moment.ten)
    #expect(try store.folder.contents("usher.db") == before)
    #expect(try store.export().bytes == rows)
  }

  @Test func `explain works while a daemon writes`() throws {
    let store = try store()
    let daemon = try store.serve()
    try daemon.says(" started ")
    for _ in 0..<5 { try store.usher("explain", "welcome/L2") }
    daemon.signal(15)
    #expect(try daemon.end().code == 0)
  }

  @Test func `control characters in names are escaped`() throws {
    let store = try TestStore()
    try store.folder.write(
      "return { select = function(contact, fleet) note(contact.name) return wait('r ' .. contact.name, 60) end }",
      to: "Rules/odd.lua")
    try store.add([
      .tenant(policy: "odd"), .sequence(),
      ["type": "device", "tenant": "acme", "id": "D1", "name": "a\u{202E}b\u{200B}"],
      [
        "type": "lead", "tenant": "acme", "id": "L1", "phone": "+60121000001", "name": "x\u{1B}[31my\u{202E}",
        "triggers": ["NEW"], "device": "D1",
      ],
    ])
    try store.usher("tick", "--now", Moment.nine)
    let text = try store.usher("explain", "L1", "--at", Moment.nine).text
    #expect(
      text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E && $0.value != 0x200B })
    #expect(text.contains("\\u{202E}"))
  }

  @Test func `decisions are the same bytes with a trace and without one`() throws {
    let folder = TestFolder()
    let policy = try folder.write(DeterminismPolicy.source, to: "everything.lua")
    let input = Array(RequestStream(seed: 20_261_123).lines(2000).joined(separator: "\n").utf8)
    let runs = try [[], ["--explain"]].map { more in
      try UsherProcess.run(
        ["decide", "--policy", policy, "--input", "-", "--lines"] + more, input: input
      ).text.split(separator: "\n").map { $0.prefix(upTo: $0.range(of: #","considered":"#)!.lowerBound) }
    }
    #expect(runs[0].count == 2000)
    #expect(runs[0] == runs[1])
  }
}
