import DryRun
import Operations
import Policies
import Routing
import Terminal
import Wire

/// The results of a simulation: totals, hours, devices and fairness of one run, or of two side by side.
package struct SimulationText: Representation {
  let options: Simulation.Options
  let outages: [Scenario.Outage]
  let reports: [SimulationReport]

  /// The most devices that the table lists.
  private static let devicesMax = 20

  /// Takes the result as it is.
  package init(_ result: SimulateStore.Result) {
    (options, outages, reports) = (result.options, result.outages, result.reports)
  }

  /// A row for each hour of each run.
  package var csv: String { hours(of: reports).csv }

  /// Summaries, totals, incidents and fairness of all runs, then each run's hours and busiest devices.
  package func table(columns: Int?) -> StyledText { StyledText(table(columns)) }

  /// The name of a run; two runs with the same name are numbered.
  func name(_ place: Int) -> String {
    let name = reports[place].policy
    return place > 0 && name == reports[0].policy ? "\(name) (against)" : name
  }

  /// The main results, one sentence for each run.
  var summaries: [String] {
    reports.indices.map { place in
      let (report, totals) = (reports[place], reports[place].totals)
      let drained = report.drainedAt.map { "drained at \($0.rfc3339)" } ?? "not drained at the end"
      return "\(name(place)): \(totals.sent) messages sent in \(options.hours) hours from \(options.start.rfc3339), "
        + "\(totals.waiting) contacts wait, \(totals.inQueue) messages are queued; \(drained)."
    }
  }
}

// MARK: - Tables

extension SimulationText {
  private func table(_ columns: Int?) -> String {
    let sentences = StyledText(summaries.map { $0 + "\n" }.joined()).wrapped(to: columns).plain
    var parts = [sentences, figures.text(.table, columns: columns)]
    if !options.incidents.isEmpty { parts.append(events.text(.table, columns: columns)) }
    parts.append(fairness.text(.table, columns: columns))
    if !waitlists.rows.isEmpty { parts.append(waitlists.text(.table, columns: columns)) }
    for place in reports.indices {
      let heading = reports.count > 1 ? "\(name(place))\n" : ""
      parts.append(heading + hours(of: [reports[place]], isNamed: false).text(.table, columns: columns))
      let devices = reports[place].devices
      let most = devices.enumerated().sorted { ($1.element.sent, $0.offset) < ($0.element.sent, $1.offset) }
      let rest = devices.count - SimulationText.devicesMax
      parts.append(
        heading + self.devices(most.prefix(SimulationText.devicesMax).map(\.element)).text(.table, columns: columns)
          + (rest > 0 ? "… and \(rest) more devices; --format json lists all\n" : ""))
    }
    return parts.joined(separator: "\n")
  }

  /// The totals, a column for each run.
  var figures: Listing {
    var listing = Listing(["figure"] + reports.indices.map(name))
    for (place, figure) in SimulationText.totals(reports[0].totals).flatMap({ group in
      group.figures.map { "\(group.name): \($0.name.replacing("_", with: " "))" }
    }).enumerated() {
      listing.add(
        [.string(figure)]
          + reports.map { report in
            JSONValue(SimulationText.totals(report.totals).flatMap(\.figures)[place].count)
          })
    }
    return listing
  }

  var events: Listing {
    var listing = Listing(["at", "device", "what"])
    for incident in options.incidents.sorted(by: { $0.at < $1.at }) {
      listing.add([.string(incident.at.rfc3339), .string(incident.device), .string(incident.change.text)])
    }
    return listing
  }

  var fairness: Listing {
    var listing = Listing(["policy", "tenant", "devices", "sent", "gini", "max_over_mean"])
    for place in reports.indices {
      for row in reports[place].fairness {
        listing.add([
          .string(name(place)), .string(row.tenant.text), JSONValue(row.devices), JSONValue(row.sent),
          SimulationText.rounded(row.gini), SimulationText.rounded(row.maxOverMean),
        ])
      }
    }
    return listing
  }

  /// For people: the waitlists of all runs.
  private var waitlists: Listing {
    var listing = Listing(["policy", "tenant", "waitlist", "served", "waiting", "longest_wait"])
    for place in reports.indices {
      for row in reports[place].waitlists {
        listing.add([
          .string(name(place)), .string(row.tenant.text), .string(row.waitlist.text()), JSONValue(row.served),
          JSONValue(row.waiting), .string(TopFigures.span(milliseconds: row.longestMilliseconds)),
        ])
      }
    }
    return listing
  }

  func hours(of reports: [SimulationReport], isNamed: Bool = true) -> Listing {
    let columns = [
      "from", "enrolled", "decided", "queued", "sent", "faults", "waiting", "in_queue", "in_queue_offline",
      "mean_load", "max_load",
    ]
    var listing = Listing((isNamed ? ["policy"] : []) + columns)
    for (place, report) in reports.enumerated() {
      for hour in report.hours {
        listing.add(
          (isNamed ? [.string(name(place))] : []) + [
            .string(options.start.advanced(bySeconds: Int64(hour.hour) * 3600).rfc3339), JSONValue(hour.enrolled),
            JSONValue(hour.decided), JSONValue(hour.queued), JSONValue(hour.sent), JSONValue(hour.faults),
            JSONValue(hour.waiting), JSONValue(hour.inQueue), JSONValue(hour.inQueueOffline),
            SimulationText.rounded(hour.meanLoad), SimulationText.rounded(hour.maxLoad),
          ])
      }
    }
    return listing
  }

  func devices(_ devices: [SimulationReport.DeviceFigures]) -> Listing {
    var listing = Listing([
      "tenant", "device", "name", "status", "queued", "sent", "share", "peak_load", "hours_at_cap", "waits", "in_queue",
    ])
    for device in devices {
      listing.add([
        .string(device.tenant.text), .string(device.device.text), .string(device.name),
        .string(device.status.rawValue), JSONValue(device.queued), JSONValue(device.sent),
        SimulationText.rounded(device.share), SimulationText.rounded(device.peakLoad),
        SimulationText.rounded(device.hoursAtCap), JSONValue(device.waits), JSONValue(device.inQueue),
      ])
    }
    return listing
  }

  static func rounded(_ value: Double?) -> JSONValue {
    value.map { .number(($0 * 1000).rounded() / 1000) } ?? .null
  }
}

// MARK: - JSON

extension SimulationText {
  typealias Group = (name: String, figures: [(name: String, count: Int)])

  /// The totals in groups; the parts of a group add up to its total.
  static func totals(_ totals: SimulationReport.Totals) -> [Group] {
    [
      (
        "contacts",
        [
          ("open_at_start", totals.openAtStart), ("enrolled", totals.enrolled), ("total", totals.contacts),
          ("scheduled", totals.scheduled), ("waiting", totals.waiting), ("queued", totals.queuedContacts),
          ("completed", totals.completed), ("failed", totals.failed), ("cancelled", totals.cancelled),
        ]
      ),
      (
        "decisions",
        [
          ("decided", totals.decided), ("queued", totals.queued), ("waited", totals.waits),
          ("skipped", totals.skipped), ("stopped", totals.stopped), ("faults", totals.faults),
          ("moved", totals.moved), ("fallbacks", totals.fallbacks),
        ]
      ),
      (
        "messages",
        [
          ("in_queue_at_start", totals.inQueueAtStart), ("queued", totals.queued), ("sent", totals.sent),
          ("cancelled", totals.messagesCancelled), ("in_queue", totals.inQueue),
          ("in_queue_offline", totals.inQueueOffline),
        ]
      ),
      ("leads", [("arrived", totals.arrivals), ("waiting", totals.leadsWaiting)]),
    ]
  }

  /// The options, the events, and a run for each policy with its totals in groups, its hours and all its devices.
  package var json: JSONValue {
    .object(
      JSONObject([
        ("start", .string(options.start.rfc3339)), ("end", .string(options.end.rfc3339)),
        ("hours", JSONValue(options.hours)), ("every_s", .integer(options.everyMilliseconds / 1000)),
        ("seed", JSONValue(Int(options.seed))), ("events", events.json), ("runs", .array(reports.map(json))),
      ]))
  }

  private func json(_ report: SimulationReport) -> JSONValue {
    let groups = SimulationText.totals(report.totals).map { group in
      (group.name, JSONValue.object(JSONObject(group.figures.map { ($0.name, JSONValue($0.count)) })))
    }
    let drainedAfter = report.drainedAt.map { ($0.milliseconds - options.start.milliseconds) / 1000 }
    return .object(
      JSONObject(
        [("policy", .string(report.policy))] + groups + [
          (
            "drain",
            .object(
              JSONObject([
                ("emptied_at", JSONValue(report.emptiedAt?.rfc3339)),
                ("drained_at", JSONValue(report.drainedAt?.rfc3339)),
                ("drained_after_s", drainedAfter.map { .integer($0) } ?? .null),
              ]))
          ),
          (
            "fairness",
            .array(
              report.fairness.map {
                .object(
                  JSONObject([
                    ("tenant", .string($0.tenant.text)), ("devices", JSONValue($0.devices)),
                    ("sent", JSONValue($0.sent)), ("gini", SimulationText.rounded($0.gini)),
                    ("max_over_mean", SimulationText.rounded($0.maxOverMean)),
                  ]))
              })
          ), ("per_hour", hours(of: [report], isNamed: false).json), ("devices", devices(report.devices).json),
          (
            "waitlists",
            .array(
              report.waitlists.map {
                .object(
                  JSONObject([
                    ("tenant", .string($0.tenant.text)), ("waitlist", $0.waitlist.json),
                    ("served", JSONValue($0.served)),
                    ("waiting", JSONValue($0.waiting)), ("longest_s", .integer($0.longestMilliseconds / 1000)),
                  ]))
              })
          ),
        ]))
  }
}
