import DryRun
import Pages
import Routing

/// A comparison of two ways of deciding as one HTML file, to send to a colleague.
package struct DryRunPage {
  private let report: DryRunReport
  private let candidate: String
  private let facts: [(name: String, value: String)]

  /// With more rows, searching is slow in a browser; the CSV has all rows.
  private static let rowsMax = 5000
  private static let barsMax = 30

  /// `candidate`: the name of the candidate. `facts`: shown below the summary, in their order.
  package init(_ report: DryRunReport, candidate: String, facts: [(name: String, value: String)]) {
    (self.report, self.candidate, self.facts) = (report, candidate, facts)
  }

  /// Figures, moves, reasons, devices and the contacts that change; a summary alone where no contact is due.
  package var page: Page {
    Page(
      title: "Dry run of \(candidate)", summary: summary, facts: facts,
      blocks: report.contacts == 0 ? [] : [figures] + [moves, reasons, devices, changes].compactMap { $0 })
  }

  // MARK: - In words

  private var summary: String {
    if report.contacts == 0 { return "No contact is due or waiting, so there is nothing to compare." }
    let all = count(report.contacts, "due or waiting contact")
    guard report.changed > 0 else {
      return
        "No difference: \(candidate) decides \(all) as before."
    }
    let held = sum { $0.to == nil }
    let sent = sum { $0.from == nil }
    let kept = report.changed - sum { _ in true }
    let parts = [
      (report.moved, "go to another device"), (sent, "are queued after but not before"),
      (held, "are queued before but not after"),
      (kept, "keep their device, with another outcome or waitlist"),
    ]
    let words = parts.filter { $0.0 > 0 }.map { "\(Number.grouped($0.0)) \($0.1)" }
    let faults =
      report.faults > 0 ? " The policy fails for \(Number.grouped(report.faults)) of them, and they wait." : ""
    let share = Number.percent(Double(report.changed) / Double(report.contacts))
    return "With \(candidate), \(Number.grouped(report.changed)) of \(all) (\(share)) change: "
      + words.joined(separator: "; ") + "." + faults
  }

  private func sum(_ isCounted: (DryRunReport.Move) -> Bool) -> Int {
    report.moves.filter(isCounted).reduce(0) { $0 + $1.count }
  }

  private func count(_ count: Int, _ noun: String) -> String {
    "\(Number.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  // MARK: - In figures

  private var figures: Figures {
    let share = { (count: Int) in Number.percent(Double(count) / Double(report.contacts)) }
    let outcome = { (name: String, outcome: Outcome) in
      Figures.Figure(
        name, Number.grouped(report.outcomesAfter[outcome] ?? 0),
        note: "before \(Number.grouped(report.outcomesBefore[outcome] ?? 0))")
    }
    var figures = [
      Figures.Figure("Due contacts", Number.grouped(report.contacts)),
      Figures.Figure("No change", Number.grouped(report.same), note: share(report.same)),
      Figures.Figure("To another device", Number.grouped(report.moved), note: share(report.moved), isMain: true),
      outcome("Move", .move), outcome("Wait", .wait), outcome("Skip", .skip),
    ]
    if report.faults > 0 { figures.append(Figures.Figure("Faults", Number.grouped(report.faults), isMain: true)) }
    return Figures(figures)
  }

  private var moves: (any Page.Block)? {
    guard !report.moves.isEmpty else { return nil }
    let flows = report.moves.map { move in
      FlowMatrix.Flow(
        from: move.from.map { name($0, of: move.tenant) } ?? "none",
        to: move.to.map { name($0, of: move.tenant) } ?? "none", count: move.count)
    }
    return Section(
      "Moves between devices",
      note:
        "Contacts by their device before and after. None: they wait or their step is skipped. The stronger the colour, "
        + "the more contacts.",
      [
        FlowMatrix(
          title: "Contacts that change their device",
          description: "A row for each device before, a column for each device after.", fromName: "before",
          toName: "after", flows: flows)
      ])
  }

  private var reasons: any Page.Block {
    let lines = report.reasons.lines
    return Section(
      "Reasons",
      [
        Table(
          ["Outcome", "Reason", "Before", "After"],
          rows: lines.prefix(Self.rowsMax).map {
            [.text($0.outcome.rawValue), .text($0.reason), .count($0.before), .count($0.after)]
          }, search: lines.count > 20 ? "Search reasons" : nil, note: left(of: lines.count, "reasons", "JSON"))
      ])
  }

  private var devices: (any Page.Block)? {
    guard !report.devices.isEmpty else { return nil }
    let sorted = report.mostChangedDevices
    let capped = sorted.filter(\.hasCap)
    let hasCaps = !capped.isEmpty
    let drawn = (hasCaps ? capped : sorted).prefix(Self.barsMax)
    let which =
      drawn.count < report.devices.count
      ? "The \(count(drawn.count, "device")) with the largest changes, of \(Number.grouped(report.devices.count)). "
      : ""
    let measure =
      hasCaps
      ? "A bar shows how full the fullest cap of a device is after all of these contacts are decided."
      : "A bar shows how many messages are queued on a device after all of these contacts are decided."
    return Section(
      "Load of the devices", note: which + measure,
      [
        BarChart(
          title: "Load of the devices, before and after", description: which + measure, series: ["before", "after"],
          groups: drawn.map { device in
            let label = name(device.device, of: device.tenant)
            return hasCaps
              ? .init(label, values: [device.loadBefore, device.loadAfter], cap: 1)
              : .init(label, values: [Double(device.queuedBefore), Double(device.queuedAfter)])
          }, style: hasCaps ? .percent : .count),
        Table(
          [
            "Device", "Name", "State", "Load", "Load before", "Load after", "Queued", "Queued before", "Queued after",
          ],
          rows: sorted.prefix(Self.rowsMax).map { device in
            let load = { (share: Double) -> Table.Cell in device.hasCap ? .percent(share) : .none }
            return [
              .text(name(device.device, of: device.tenant)), .text(device.name),
              .text(device.refusal?.text ?? "can accept more"), load(device.load), load(device.loadBefore),
              load(device.loadAfter), .count(device.queued), .count(device.queuedBefore), .count(device.queuedAfter),
            ]
          }, search: sorted.count > 20 ? "Search devices" : nil, note: left(of: sorted.count, "devices", "JSON")),
      ])
  }

  private var changes: (any Page.Block)? {
    guard !report.changes.isEmpty else { return nil }
    let hasTenants = tenants > 1
    let words = { (side: DryRunReport.Side) -> String in
      side.outcome.rawValue + (side.waitlist.map { " for \($0.text())" } ?? "")
    }
    return Section(
      "Contacts that change",
      [
        Table(
          (hasTenants ? ["Tenant"] : []) + ["Contact", "Before", "Device before", "After", "Device after", "Reason"],
          rows: report.changes.prefix(Self.rowsMax).map { change in
            (hasTenants ? [.text(change.tenant.text)] : []) + [
              .text(change.contact.text), .text(words(change.before)), Table.Cell(change.before.device?.text),
              .text(words(change.after)), Table.Cell(change.after.device?.text),
              .text(change.after.reason),
            ]
          }, search: "Search contacts, devices, reasons", note: left(of: report.changes.count, "contacts", "CSV"))
      ])
  }

  private func left(of count: Int, _ noun: String, _ format: String) -> String? {
    guard count > Self.rowsMax else { return nil }
    return "The first \(Number.grouped(Self.rowsMax)) of \(Number.grouped(count)) \(noun); the \(format) has all."
  }

  private var tenants: Int { Set(report.devices.map(\.tenant)).count }

  private func name(_ device: DeviceID, of tenant: TenantID) -> String {
    tenants > 1 ? "\(tenant)/\(device)" : device.text
  }
}
