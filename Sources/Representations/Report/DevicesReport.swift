import Operations
import Routing
import Terminal
import Wire

/// The report on devices, as `usher report devices` and `usher device list` print it.
package struct DevicesReport: Representation {
  private let report: DeviceReport
  private let holds: [SendingHold]

  /// A row for each device, retired ones too.
  package init(_ answer: DevicesQuery.Answer) { (report, holds) = (answer.devices, answer.holds) }

  /// An array of objects, with a member for each figure.
  package var json: JSONValue { figures.json }
  /// The columns of the JSON.
  package var csv: String { figures.csv }

  /// Sent messages are shown with their cap. Totals and the holds in force follow below.
  package func table(columns: Int?) -> StyledText {
    shares.table(columns: columns) + StyledText("\n" + summary).wrapped(to: columns)
  }

  /// Why a device cannot accept more; nil if it can. While sending is held because of the clock, no device can.
  private func whyNot(_ line: DeviceReport.Line) -> String? {
    line.unavailableBecause ?? holds.deviceRefusal(of: line.tenant)
  }

  private var summary: String {
    let available = report.lines.count { $0.isAvailabilityKnown && whyNot($0) == nil }
    let total = report.total
    let unknown = report.lines.count { !$0.isAvailabilityKnown }
    return "\(available) of \(report.lines.count) devices can accept more"
      + (unknown > 0 ? ", unknown for \(unknown); " : "; ")
      + "\(total.openContacts + report.unassignedContacts) open contacts (\(report.unassignedContacts) without a device), "
      + "\(total.queued) queued, \(total.inFlight) in flight, \(total.sentHour) sent in the last hour, "
      + "\(total.sentDay) in the last day\n"
      + holds.map { terminalSafe($0.sentence) + "\n" }.joined()
  }

  /// For programs: a column for each figure. Unknown values of a past time are null.
  private var figures: Listing {
    var listing = Listing([
      "tenant", "device", "name", "status", "available", "why_not", "contacts", "queued", "in_flight",
      "limit_queue", "sent_minute", "limit_minute", "sent_hour", "limit_hour", "sent_day", "limit_day",
      "headroom", "load", "hold", "waiting",
    ])
    for line in report.lines {
      let known = { (fact: DeviceFacts, value: JSONValue) in line.facts.contains(fact) ? value : .null }
      let limit = { (limit: Int?) in known(.limits, JSONValue(limit)) }
      let limits = line.device.limits
      listing.add([
        .string(line.tenant.text), .string(line.device.id.text), .string(line.device.name),
        known(.status, .string(line.device.status.rawValue)),
        line.isAvailabilityKnown ? .bool(whyNot(line) == nil) : .null,
        line.isAvailabilityKnown ? JSONValue(whyNot(line)) : .null,
        JSONValue(line.sums.openContacts), JSONValue(line.sums.queued), JSONValue(line.sums.inFlight),
        limit(limits.queue), JSONValue(line.sums.sentMinute), limit(limits.minute),
        JSONValue(line.sums.sentHour), limit(limits.hour), JSONValue(line.sums.sentDay), limit(limits.day),
        known(.limits, JSONValue(line.headroom)), known(.limits, .number(Self.rounded(line.load))),
        JSONValue(holds.covering(line.tenant)?.sentence), JSONValue(line.waiting),
      ])
    }
    return listing
  }

  /// For people: fewer columns, to fit an ordinary terminal.
  private var shares: Listing {
    // A column of caps is shown only if a device has such a cap.
    let hasMinute = report.lines.contains { $0.facts.contains(.limits) && $0.device.limits.minute != nil }
    let hasQueue = report.lines.contains { $0.facts.contains(.limits) && $0.device.limits.queue != nil }
    let hasWaits = report.lines.contains { $0.waiting ?? 0 > 0 }
    var listing = Listing(
      ["tenant", "device", "available", "contacts"] + (hasWaits ? ["waiting"] : []) + ["queued", "in_flight"]
        + (hasQueue ? ["queue"] : [])
        + (hasMinute ? ["minute"] : []) + ["hour", "day", "load"])
    for line in report.lines {
      let (device, sums) = (line.device, line.sums)
      let limits = line.facts.contains(.limits) ? device.limits : DeviceLimits()
      let share = { (sent: Int, limit: Int?) -> JSONValue in .string(limit.map { "\(sent)/\($0)" } ?? "\(sent)") }
      listing.add(
        [
          .string(line.tenant.text),
          .string(device.name == device.id.text ? device.name : "\(device.id) \(device.name)"),
          .string(line.isAvailabilityKnown ? whyNot(line).map { "no: \($0)" } ?? "yes" : "–"),
          JSONValue(sums.openContacts),
        ] + (hasWaits ? [JSONValue(line.waiting)] : []) + [JSONValue(sums.queued), JSONValue(sums.inFlight)]
          + (hasQueue ? [share(sums.queued + sums.inFlight, limits.queue)] : [])
          + (hasMinute ? [share(sums.sentMinute, limits.minute)] : []) + [
            share(sums.sentHour, limits.hour), share(sums.sentDay, limits.day),
            line.facts.contains(.limits) ? .number(Self.rounded(line.load)) : .string("–"),
          ])
    }
    return listing
  }

  private static func rounded(_ load: Double) -> Double { (load * 1000).rounded() / 1000 }
}
