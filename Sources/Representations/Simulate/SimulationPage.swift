import DryRun
import Operations
import Pages
import Routing
import Wire

/// A simulation as one HTML file, with lines over time.
package struct SimulationPage {
  private let text: SimulationText
  private var reports: [SimulationReport] { text.reports }
  private var options: Simulation.Options { text.options }

  /// The most devices that are drawn as bars; the table below has more.
  private static let barsMax = 24
  private static let rowsMax = 5000
  private static let bandsMax = 8

  /// Takes the result as it is.
  package init(_ result: SimulateStore.Result) { text = SimulationText(result) }

  /// Figures, a chart for each figure over time, devices, fairness and totals.
  package var page: Page {
    Page(
      title: "Simulation: \(reports.indices.map(text.name).joined(separator: " compared with "))",
      summary: text.summaries.joined(separator: " "), facts: facts, blocks: blocks)
  }

  private var facts: [(name: String, value: String)] {
    var facts = [
      ("From", options.start.rfc3339), ("Hours", "\(options.hours)"),
      ("Cycle every", "\(options.everyMilliseconds / 1000) s"), ("Seed", "\(options.seed)"),
    ]
    for incident in options.incidents.sorted(by: { $0.at < $1.at }).prefix(SimulationPage.bandsMax) {
      facts.append((incident.device, "\(incident.change.text) at \(incident.at.rfc3339)"))
    }
    return facts
  }

  private var blocks: [any Page.Block] {
    [
      Figures(figures),
      Section(
        "Hour by hour",
        note: "Each point is the end of an hour: messages sent in that hour, and the other figures at that time.",
        [
          chart("Messages sent an hour", "Sent in each hour.") { Double($0.sent) },
          chart("Contacts that wait", "Due contacts that wait, at the end of each hour.") { Double($0.waiting) },
          chart("Messages queued", "Messages queued on devices, at the end of each hour.") { Double($0.inQueue) },
          chart("Mean load", "The mean load of all devices that are not retired.", style: .percent) { $0.meanLoad },
          chart("Highest load", "The highest load of any device.", style: .percent) { $0.maxLoad },
        ]),
      Section(
        "Devices", note: "The devices that sent most. At cap: how long a cap was full.",
        [bars, devices]),
      Section(
        "Fairness",
        note: "Gini coefficient: 0 if all devices sent the same number, close to 1 if one device sent everything.",
        [fairness]),
      Section("Totals", [table(text.figures)]),
    ]
  }

  /// The first run's figures, with the other run's as notes.
  private var figures: [Figures.Figure] {
    let totals = reports.map(\.totals)
    let figure = { (label: String, isMain: Bool, value: (SimulationReport.Totals) -> Int) in
      Figures.Figure(
        label, Number.grouped(value(totals[0])),
        note: totals.count > 1 ? "\(text.name(1)): \(Number.grouped(value(totals[1])))" : nil, isMain: isMain)
    }
    return [
      figure("Messages sent", true) { $0.sent }, figure("Contacts that wait at the end", false) { $0.waiting },
      figure("Messages queued at the end", false) { $0.inQueue },
      figure("Of these, on devices that are not online", false) { $0.inQueueOffline },
      figure("Contacts moved", false) { $0.moved }, figure("Fallbacks", false) { $0.fallbacks },
    ]
  }

  private func chart(
    _ title: String, _ description: String, style: NumberStyle = .count,
    _ value: (SimulationReport.Hour) -> Double
  ) -> LineChart {
    LineChart(
      title: title, description: description,
      series: reports.indices.map { .init(text.name($0), reports[$0].hours.map(value)) }, ticks: ticks, bands: bands,
      style: style)
  }

  /// Each point is the end of an hour: the first hour's at the left edge, the last hour's at the right.
  private var ticks: [LineChart.Tick] {
    let last = max(options.hours - 1, 1)
    let gap = max(1, (options.hours + 7) / 8)
    return stride(from: 0, to: options.hours, by: gap).map { hour in
      let moment = options.start.advanced(bySeconds: Int64(hour + 1) * 3600).rfc3339
      let label = options.hours > 48 ? moment.dropFirst(5).prefix(5) : moment.dropFirst(11).prefix(5)
      return LineChart.Tick(at: Double(hour) / Double(last), String(label))
    }
  }

  private var bands: [LineChart.Band] {
    let length = Double(max(options.hours - 1, 1)) * 3_600_000
    let left = options.start.advanced(bySeconds: 3600).milliseconds
    let share = { (moment: Instant) in min(max(Double(moment.milliseconds - left) / length, 0), 1) }
    return text.outages.prefix(SimulationPage.bandsMax).map {
      LineChart.Band(from: share($0.from), to: share($0.to), "\($0.device) offline")
    }
  }

  private var bars: BarChart {
    // As in a dry run: before, then after.
    let order = reports.count > 1 ? [1, 0] : [0]
    let first = reports[0].devices
    let most = first.indices.sorted { (first[$1].sent, $0) < (first[$0].sent, $1) }.prefix(SimulationPage.barsMax)
    return BarChart(
      title: "Messages by device", description: "Messages sent by each device.", series: order.map(text.name),
      groups: most.map { place in
        let device = first[place]
        let label = device.name == device.device.text ? device.name : "\(device.name) (\(device.device))"
        return .init(label, values: order.map { Double(reports[$0].devices[place].sent) })
      })
  }

  private var devices: Table {
    let rows = reports.indices.flatMap { place in
      reports[place].devices.prefix(SimulationPage.rowsMax / reports.count).map { device -> [Table.Cell] in
        [
          .text(text.name(place)), .text(device.tenant.text), .text(device.device.text), .text(device.name),
          .text(device.status.rawValue), .count(device.sent), .percent(device.share), .percent(device.peakLoad),
          .text(Number.trimmed(device.hoursAtCap, places: 1) + " h"), .count(device.waits),
          .count(device.inQueue),
        ]
      }
    }
    let all = reports.reduce(0) { $0 + $1.devices.count }
    return Table(
      [
        "policy", "tenant", "device", "name", "status", "sent", "share", "peak load", "at cap", "waits", "in queue",
      ], rows: rows, search: "Search devices",
      note: rows.count < all ? "\(rows.count) of \(all); the JSON has all." : nil)
  }

  private var fairness: Table { table(text.fairness) }

  private func table(_ listing: Listing) -> Table {
    Table(
      listing.columns.map { $0.replacing("_", with: " ") },
      rows: listing.rows.map { row in
        row.map { value in
          switch value {
          case .integer(let count): .count(Int(count))
          case .null: .none
          default: .text(Listing.plain(value))
          }
        }
      })
  }
}
