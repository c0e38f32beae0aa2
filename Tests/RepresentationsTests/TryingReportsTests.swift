import Operations
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Pages
@testable import Representations

/// Reports of checks, cases, searches, decisions, revisions and simulations.
struct TryingReportsTests {
  private let folder = TestFolder()

  private func checked(_ path: String, _ source: String) throws -> CheckedFile {
    try CheckPolicyFile(path, source: Array(source.utf8)).run(fixes: false)
  }

  @Test func `a check explains each rule once, and counts the findings it does not show`() throws {
    var report = CheckReport()
    let wrong = "return { select = function(contact, fleet) return use(contact.devise, 'x') end }\n"
    let first = report.add(try checked("a.lua", wrong))
    let second = report.add(try checked("b.lua", wrong))
    #expect(first.findings.contains("  why: ") && !second.findings.contains("  why: "))
    #expect(first.note == nil)
    let fine = report.add(try checked("c.lua", "return { select = function(contact, fleet) return skip('x') end }\n"))
    #expect(fine == CheckReport.FileText(findings: "", note: "c.lua: fine"))
    let many = String(repeating: "note(contact.devise) ", count: 150)
    let last = report.add(try checked("d.lua", "return { select = function(contact) \(many) end }\n"))
    #expect(last.note == "d.lua: 50 more; --format csv lists all")
    #expect(report.hasErrors && report.hasFindings)
    #expect(report.table(columns: nil).plain == first.findings + second.findings + last.findings)
    guard case .array(let rows) = report.json else { return #expect(Bool(false), "expected an array") }
    #expect(rows.count == 152)
    let sarif = CheckSarif(report, version: "9.8.7", pages: "https://usher.example/checks/")
    #expect(sarif.text.contains("\"version\": \"9.8.7\""))
    #expect(sarif.text.contains("https://usher.example/checks/") && !sarif.text.contains("checks//"))
  }

  @Test func `failed cases are shown with the difference`() throws {
    try folder.write("return { select = function(contact, fleet) return wait('later', 60) end }\n", to: "p.lua")
    let path = try folder.write(
      """
      return {
        policy = 'p',
        cases = {
          { name = 'it waits', contact = { id = 'c' }, expect = { outcome = 'wait' } },
          { name = 'it skips', contact = { id = 'c' }, expect = { outcome = 'skip' } },
        },
      }
      """, to: "p_test.lua")
    let run = try RunCases([path], measuresCoverage: true, workers: Workers(count: 1), stopwatch: { 0 }).run()
    let report = CaseReport(run)
    #expect(report.summary == "1 passed, 1 failed")
    #expect(
      report.failures.hasPrefix("\(path):5: it skips\n") && report.failures.contains("the policy's reason: later"))
    #expect(report.text(.table) == report.failures)
    #expect(report.csv.hasPrefix("file,case,holds,differences,reason,code,line,error\n"))
    #expect(CoverageText(run).sentence == "100 % of lines and branches are reached")
    #expect(CoverageText(run).tracefile.contains("SF:\(folder.file("p.lua"))"))
    #expect(JUnitReport(run).text.contains("tests=\"2\" failures=\"1\""))
    #expect(CoveragePage(run).page.html.contains("nothing is left"))
  }

  @Test func `coverage has the same percentage as text and in HTML, and 100 only where everything is reached`() {
    for total in 1...400 {
      for reached in 0...total {
        let share = CoverageReport.Share(reached: reached, total: total)
        let text = CoverageText.percent(share)
        let cell = NumberStyle.percent.text(CoveragePage.shown(share))
        #expect(cell == (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %", "\(share)")
        #expect((text == "100") == (reached == total), "\(share)")
      }
    }
  }

  @Test func `an answer is one line of JSON with the keys of the contract`() throws {
    var requests = try DecideRequests(policies: ["fallback"], guards: [])
    let bytes = Array(#"{"contact":{"id":"c1"},"devices":[{"id":"D1"}]}"#.utf8)
    let report = DecideReport(try requests.decide(bytes, of: "-", explains: false).answer)
    #expect(report.text(.json).hasPrefix("{\"outcome\":") && report.text(.json).hasSuffix("}\n"))
    #expect(report.text(.json).split(separator: "\n").count == 1)
    #expect(report.csv.hasPrefix("what,value\noutcome,"))
  }

  @Test func `a search lists each violated property with its request`() throws {
    let path = try folder.write(
      "return { select = function(contact, fleet) return nothing.there end }\n", to: "broken.lua")
    var search = SearchPolicy()
    search.requests = 20
    var report = SearchReport()
    let result = try search.run(path, stopwatch: { 0 })
    report.add(result)
    #expect(!report.holds)
    #expect(SearchReport.summary(of: result).contains("seed 1: ") && SearchReport.texts(of: result).count > 0)
    #expect(report.text(.table) == SearchReport.texts(of: result).joined())
    guard case .array(let rows) = report.json, case .object(let row) = rows[0] else {
      return #expect(Bool(false), "expected rows")
    }
    #expect(row.members.map(\.key) == ["file", "property", "message", "seed", "request_number", "request", "case"])
  }

  @Test func `two simulated policies with the same name are distinguished, and a page has both`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    var incidents = Scenario()
    incidents.add(.offline(device: "D1", from: SimulatedTime("+1h"), to: nil), at: "here")
    let operation = try SimulateStore(
      incidents, at: nil, now: engine.clock.now(), hours: 2, everyS: 600, seed: 1, suspendAfter: 20, tenant: nil)
    let side = SimulatedPolicies(nil, catalog: PolicyCatalog(rules: nil))
    let result = try operation.run([side, side], over: try operation.read(engine.store))
    let text = SimulationText(result)
    #expect(text.name(0) == "active revisions" && text.name(1) == "active revisions (against)")
    #expect(text.csv.split(separator: "\n").count == 5)
    guard case .object(let object) = text.json else { return #expect(Bool(false), "expected an object") }
    #expect(object.members.map(\.key) == ["start", "end", "hours", "every_s", "seed", "events", "runs"])
    #expect(SimulationPage(result).page.html.contains("active revisions compared with active revisions (against)"))
  }

  @Test func `a recorded revision is shown with its parameters, uses and source`() throws {
    let change = PolicyChange(
      at: Instant(rfc3339: "2026-11-22T09:00:00Z")!, actor: "maria", action: .activate, reason: "because")
    let revision = try CompiledPolicy(
      file: "p",
      source: Array(
        "return { params = { n = 1 }, ranges = { n = { 0, 9 } }, select = function() return skip('x') end }".utf8),
      parameters: [Parameter("n", .integer(2))]
    ).revision
    let text = RevisionText(
      RevisionReport(
        revision: revision, createdAt: change.at,
        uses: [.init(tenant: TenantID("acme")!, role: "live", generations: 1...3, change: change, decisions: 7)]))
    guard case .object(let object) = text.json else { return #expect(Bool(false), "expected an object") }
    #expect(object.members.map(\.key) == ["revision", "policy", "params", "ranges", "created_at", "uses", "source"])
    #expect(JSONWriter().string(object["ranges"] ?? .null) == #"{"n":[0,9]}"#)
    #expect(JSONWriter().string(object["params"] ?? .null) == #"{"n":2}"#)
    #expect(text.csv.contains("acme,live,1 to 3,2026-11-22T09:00:00Z,activate,maria,because,,7,,\n"))
    #expect(
      text.text(.table).contains("parameters  n = 2\nranges      n 0 to 9\n") && text.text(.table).hasSuffix("end }\n"))
  }
}
