import Policies
import Routing
import Terminal
import Wire

/// Who waits, for what, and when they are served: a row for each waitlist and reason.
extension WaitingReport: Representation {
  /// An array of objects.
  package var json: JSONValue { figures.json }
  /// The columns of the JSON.
  package var csv: String { figures.csv }

  /// The age of the oldest contact instead of its due time. The number of contacts follows below.
  package func table(columns: Int?) -> StyledText {
    sentences.table(columns: columns) + StyledText("\n" + summary).wrapped(to: columns)
  }

  /// For programs. Waits without a waitlist have the times of their next decisions, and no estimate.
  private var figures: Listing {
    var listing = Listing([
      "tenant", "waitlist", "reason", "code", "contacts", "due_since", "age_s", "per_hour", "next_at", "last_at",
      "why_not", "bulk_per_hour",
    ])
    for line in lines {
      let group = line.group
      listing.add([
        .string(line.tenant.text), group.waitlist.json, .string(group.reason), group.code.json,
        JSONValue(group.contacts), JSONValue(group.dueSince?.rfc3339),
        JSONValue(age(of: group).map { Int($0 / 1000) }),
        rate(line.perHour), JSONValue(next(line)?.rfc3339), JSONValue(last(line)?.rfc3339),
        JSONValue(whyNot(line.first, line) ?? whyNot(line.last, line)), rate(line.bulkPerHour),
      ])
    }
    return listing
  }

  /// For people.
  private var sentences: Listing {
    var listing = Listing(["tenant", "waitlist", "reason", "contacts", "oldest", "rate", "next_at", "last_at"])
    for line in lines {
      let group = line.group
      let next = next(line).map { $0 == now ? "now" : $0.rfc3339 }
      let last = last(line).map { $0 == now ? "now" : $0.rfc3339 }
      let (whyFirst, whyLast) = (whyNot(line.first, line), whyNot(line.last, line))
      listing.add([
        .string(line.tenant.text), .string(group.waitlist.map { name($0, of: line.tenant) } ?? ""),
        .string(group.reason), JSONValue(group.contacts),
        .string(age(of: group).map(TopFigures.span(milliseconds:)) ?? ""),
        .string(
          (line.perHour.map(WaitlistText.rate) ?? "")
            + (line.bulkPerHour.map { " (bulk: \(WaitlistText.rate($0)))" } ?? "")),
        .string(next ?? whyFirst.map { "unknown: \($0)" } ?? ""),
        // What holds the first up, holds the last up.
        .string(last ?? (whyFirst == nil ? whyLast.map { "unknown: \($0)" } : nil) ?? ""),
      ])
    }
    return listing
  }

  private var summary: String {
    let contacts = lines.reduce(0) { $0 + $1.group.contacts }
    let listed = lines.filter { $0.group.waitlist != nil }.reduce(0) { $0 + $1.group.contacts }
    let archived = tenantsWithoutWaits.sorted().map { "The waits of \($0) at that time are archived.\n" }.joined()
    return "\(contacts) contact\(contacts == 1 ? " waits" : "s wait"), \(listed) of them on waitlists\n" + archived
  }

  // MARK: - Parts of a row

  private func age(of group: WaitingGroup) -> Int64? {
    group.dueSince.map { max(0, now.milliseconds - $0.milliseconds) }
  }

  private func next(_ line: Line) -> Instant? {
    line.first.map(\.servedAt) ?? line.group.decidedAgain.map { max(now, $0.lowerBound) }
  }

  private func last(_ line: Line) -> Instant? {
    line.last.map(\.servedAt) ?? line.group.decidedAgain.map { max(now, $0.upperBound) }
  }

  private func rate(_ perHour: Double?) -> JSONValue { perHour.map { .number(($0 * 10).rounded() / 10) } ?? .null }

  private func whyNot(_ forecast: WaitlistForecast?, _ line: Line) -> String? {
    guard let obstacle = forecast?.obstacle, let fleet = fleets[line.tenant] else { return nil }
    return WaitlistText(devices: DeviceText(fleet, label: ExplainText.label), time: \.rfc3339).words(obstacle)
  }

  private func name(_ waitlist: Waitlist, of tenant: TenantID) -> String {
    waitlist.text { id in
      let device = fleets[tenant].flatMap { fleet in fleet.position(of: id).map { fleet.members[$0].device } }
      return (device ?? pastDevices[tenant]?[id]).map(ExplainText.label) ?? id.text
    }
  }
}
