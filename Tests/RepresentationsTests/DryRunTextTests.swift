import DryRun
import Routing
import Testing
import Wire

@testable import Representations

/// Reports of dry runs, whole and in pieces.
struct DryRunTextTests {
  /// `count` contacts; every third goes to another device.
  private func report(_ count: Int, listed: DryRunReport.Listed = .changed) -> DryRunReport {
    var report = DryRunReport(now: Instant(rfc3339: "2026-11-22T10:00:00Z")!, listed: listed)
    let tenant = Tenant(key: TenantKey(1), id: TenantID("acme")!)
    for number in 0..<count {
      let after = number % 3 == 0 ? "D2" : "D1"
      report.add(
        tenant: tenant, contact: Contact(id: ContactID("welcome/L\(number)")!),
        before: .init(outcome: .use, device: DeviceID("D1"), reason: "its own"),
        after: .init(outcome: .use, device: DeviceID(after), reason: "=1+1, \"so\" it is"))
    }
    return report
  }

  private func pieces(_ representation: some StreamedRepresentation, _ format: ListingFormat) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    representation.write(format, columns: nil) { pieces.append($0) }
    return pieces
  }

  @Test(arguments: [0, 1, 2, 40], ListingFormat.allCases)
  func `a report written in pieces equals the whole text`(count: Int, format: ListingFormat) {
    let report = report(count)
    #expect(
      String(decoding: pieces(DryRunText(report), format).flatMap(\.self), as: UTF8.self)
        == DryRunText(report).text(format))
    #expect(
      String(decoding: pieces(DryRunChanges(report), format).flatMap(\.self), as: UTF8.self)
        == DryRunChanges(report).text(format))
  }

  @Test(arguments: [ListingFormat.json, .csv])
  func `a large report is written in many pieces of similar size`(format: ListingFormat) {
    let sizes = pieces(DryRunText(report(30_000)), format).map(\.count)
    #expect(sizes.count > 3 && sizes.allSatisfy { $0 < 1 << 17 })
  }

  @Test func `a list shows a thousand contacts in a table and all in JSON`() {
    let changes = DryRunChanges(report(3006))
    #expect(changes.text(.table).hasSuffix("… and 2 more; --format csv lists all\n"))
    guard case .array(let items) = changes.json else { return #expect(Bool(false), "expected an array") }
    #expect(items.count == 1002)
  }

  @Test func `a table shows the requested number of lines of each list`() {
    let text = DryRunText(report(300), most: 5).text(.table)
    #expect(
      text.hasPrefix("300 due or waiting contacts as of 2026-11-22T10:00:00Z: 200 stay as they are, 100 change, "))
    #expect(text.hasSuffix("… and 95 more; --format csv lists all\n"))
    #expect(DryRunText(report(0), subject: "decisions").text(.table).hasPrefix("0 decisions: "))
  }

  @Test func `a page states its result in words`() {
    let page = DryRunPage(report(3), candidate: "new", facts: [(name: "Tenant", value: "all")]).page.html
    #expect(page.contains("With new, 1 of 3 due or waiting contacts") && page.contains("welcome/L0"))
    // The words of the command line, with a capital letter.
    for word in ["Before", "After", "Move<", "Skip<", "Device after"] {
      #expect(page.contains(word), "\(word)")
    }
    for word in ["instead", "Instead", ">Now<", "as now", "Assigned anew", "Left out", "nobody"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(DryRunPage(report(0), candidate: "new", facts: []).page.html.contains("No contact is due or waiting"))
  }
}
