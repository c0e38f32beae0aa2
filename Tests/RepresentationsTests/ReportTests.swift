import Routing
import Sequencing
import Terminal
import Testing
import Wire

@testable import Bench
@testable import Operations
@testable import Representations

/// Reports as JSON, CSV and tables.
struct ReportTests {
  private let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!
  private let acme = TenantID(stored: "acme")

  private func hold(_ number: Int) -> SendingHold {
    SendingHold(tenant: TenantID("t\(number)"), reason: "outage", actor: "ann", at: now)
  }

  // MARK: - Mismatches

  private var mismatches: MismatchReport {
    MismatchReport(
      counts: [.match: 3, .fallback: 1], total: 4,
      lines: [
        MismatchReport.Line(
          part: .fallback, tenant: acme, contact: ContactID("welcome/L1")!, sequence: "welcome", step: 2,
          status: .sent, device: DeviceID("D2")!, assignedDevice: DeviceID("D1"), reason: "owner unavailable",
          policy: "fallback", createdAt: now)
      ])
  }

  @Test func `mismatches are counts and messages`() {
    #expect(
      JSONWriter().string(mismatches.json)
        == #"{"since":null,"parts":{"match":3,"fallback":1,"moved since":0,"unassigned":0,"mismatch":0,"total":4},"#
        + #""messages":[{"part":"fallback","tenant":"acme","contact":"welcome/L1","step":2,"status":"sent","device":"D2","#
        + #""assigned_device":"D1","reason":"owner unavailable","code":null,"policy":"fallback","#
        + #""created_at":"2026-11-22T09:00:00Z"}]}"#)
    #expect(mismatches.csv.split(separator: "\n").count == 2)
    #expect(mismatches.table(columns: nil).plain.contains("total               4\n\npart"))
    let none = MismatchReport(counts: [:], total: 0, lines: [])
    #expect(none.table(columns: nil) == none.parts.table(columns: nil))
  }

  @Test(arguments: [
    (MismatchReport.Window.given, ""), (.hours(24), " (24 h to the last message); --since for more"),
    (.messages(50_000), " (the last 50000 messages); --since for more"),
  ])
  func `the first line and the JSON name the window of the mismatches`(window: MismatchReport.Window, why: String) {
    var report = mismatches
    (report.since, report.window) = (now, window)
    #expect(report.table(columns: nil).plain.hasPrefix("since 2026-11-22T09:00:00Z\(why)\n\npart"))
    #expect(JSONWriter().string(report.json).hasPrefix(#"{"since":"2026-11-22T09:00:00Z","parts":"#))
    #expect(report.csv == mismatches.csv)
    #expect(report.windowText == "since 2026-11-22T09:00:00Z\(why)" && mismatches.windowText == nil)
  }

  // MARK: - Devices and sequences

  @Test func `unknown values of a device at a past time are null in JSON and dashes in tables`() {
    var device = Device(key: DeviceKey(1), id: DeviceID("D1")!, name: nil, status: .online)
    device.limits = DeviceLimits(minute: 5)
    let line = DeviceReport.Line(tenant: acme, device: device, sums: .init(sentHour: 7), load: 0.25, facts: [])
    let report = DevicesReport(
      DevicesQuery.Answer(
        devices: DeviceReport(lines: [line], unassignedContacts: 2, total: line.sums, availableCount: 0, isPast: true),
        holds: [SendingHold(tenant: acme, reason: "outage", actor: "ann", at: now)]))
    guard case .array(let rows) = report.json, case .object(let row)? = rows.first else {
      Issue.record("\(report.json)")
      return
    }
    for key in ["status", "available", "why_not", "limit_minute", "headroom", "load"] { #expect(row[key] == .null) }
    #expect(row["sent_hour"] == .integer(7))
    #expect(row["hold"] != .null)
    let table = report.table(columns: nil).plain
    #expect(!table.contains("minute"), "a cap that is not known is no column")
    #expect(table.contains("–"))
    #expect(table.contains("\n\n0 of 1 devices can accept more, unknown for 1; 2 open contacts (2 without a device)"))
    #expect(table.hasSuffix("outage\n") || table.contains("outage"))
  }

  @Test func `an inactive sequence is marked: in a column for programs, after its name for people`() {
    let step = SequenceReport.Step(ordinal: 1, enrolments: [.waiting: 2], messages: [.delivered: 1], skipped: 0)
    var sequence = SequenceReport.Sequence(tenant: acme, id: "welcome", name: "w", status: "paused", steps: [step])
    sequence.areWaitsKnown = false
    let report = SequenceReport(sequences: [sequence], enrolments: 2, isPast: true)
    guard case .array(let rows) = report.json, case .object(let row)? = rows.first else {
      Issue.record("\(report.json)")
      return
    }
    #expect(row["status"] == "paused" && row["enrolments"] == .integer(2))
    for key in ["waiting", "scheduled", "messages_delivered", "messages_read"] { #expect(row[key] == .null) }
    #expect(report.csv.hasPrefix("tenant,sequence,status,step,enrolments,"))
    let table = report.table(columns: nil).plain
    #expect(table.contains("welcome (paused)") && table.hasSuffix("\n\n2 enrolments in all\n"))
  }

  // MARK: - The audit, holds, health

  @Test func `the audit has counts as JSON for programs, and the system user after the name for people`() {
    let line = AuditLine(
      at: now, actor: "ann", systemUser: "root", action: "import", subject: "store",
      digest: String(repeating: "a", count: 64),
      counts: #"{"lead":{"created":1}}"#)
    let report = AuditReport(AuditQuery.Answer(lines: [line], hasMore: false))
    #expect(JSONWriter().string(report.json).hasSuffix(#""counts":{"lead":{"created":1}}}]"#))
    let table = report.table(columns: nil).plain
    #expect(table.contains("ann (as root)") && table.contains(String(repeating: "a", count: 12) + "\n"))
    let none = AuditReport(AuditQuery.Answer(lines: [], hasMore: false))
    #expect(none.table(columns: nil).isEmpty && none.json == .array([]))
  }

  @Test func `the first ten holds are named and the others counted`() {
    #expect(HoldNotice([]).lines.isEmpty)
    let lines = HoldNotice((1...13).map(hold)).lines
    #expect(lines.count == 11)
    #expect(lines.last?.plain == "and 3 more holds")
    #expect(lines.first?.plain == hold(1).sentence)
  }

  @Test func `health states the overall result before the checks`() {
    var facts = HealthFacts(now: HeartbeatTime(clock: now, uptime: 1, boot: "b"))
    facts.storeProblem = "damaged"
    guard case .object(let object) = HealthReport(Health(facts)).json else { return }
    #expect(object.keys == ["healthy", "checks"])
    #expect(object["healthy"] == .bool(false))
  }

  @Test func `each check of health has its code after its text, for programs alone`() {
    var facts = HealthFacts(now: HeartbeatTime(clock: now, uptime: 1, boot: "b"))
    facts.holds = [SendingHold(tenant: nil, kind: .clock, reason: "r", actor: "a", at: now)]
    let report = HealthReport(Health(facts))
    let json = JSONWriter().string(report.json)
    #expect(json.contains(#"{"check":"store","state":"ok","found":"can be read","code":null}"#))
    #expect(json.contains(#": r","code":"clock_hold"}"#))
    #expect(report.csv.hasPrefix("check,state,found,code\n"))
    #expect(
      !report.table(columns: nil).plain.contains("code") && !report.table(columns: nil).plain.contains("clock_hold"))
  }

  // MARK: - Cycles and benches

  @Test func `a cycle's JSON is one line`() {
    var report = CycleReport(now: now)
    report.enrolled = 3
    #expect(
      report.text(.json)
        == #"{"now":"2026-11-22T09:00:00Z","enrolled":3,"decided":0,"queued":0,"waiting":0,"skipped":0,"sent":0,"#
        + #""returned":0,"failed":0,"faults":0}"# + "\n")
    #expect(
      report.csv == "now,enrolled,decided,queued,waiting,skipped,sent,returned,failed,faults\n"
        + "2026-11-22T09:00:00Z,3,0,0,0,0,0,0,0,0\n")
  }

  @Test(arguments: [(149.0, true), (150.0, true), (150.1, false)])
  func `a figure without a baseline is compared with the target itself`(megabytes: Double, isMet: Bool) {
    var figures = BenchFigures()
    figures.add(peak: nil, of: "nothing")
    figures.add(peak: megabytes, of: "cycles", atMost: 150)
    guard case .array(let rows) = BenchReport(figures).json, case .object(let row)? = rows.first else { return }
    #expect(rows.count == 1)
    #expect(row["target"] == "at most 150.0" && row["met"] == .bool(isMet) && row["baseline"] == .null)
  }
}
