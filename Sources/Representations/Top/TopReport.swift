import Policies
import Routing
import Terminal
import Wire

/// One reading of `usher top`: for programs, or as a single screen without a terminal.
package struct TopReport: Representation {
  private let overview: StoreOverview
  private let view: TopView
  private let store: String

  /// `store`: its path, for the first line of the screen.
  package init(_ overview: StoreOverview, _ view: TopView, store: String) {
    (self.overview, self.view, self.store) = (overview, view, store)
  }

  /// The part of the data that belongs to the tenant of the view, or all of it.
  package var json: JSONValue {
    let overdue = overview.overdue.filter { isShown($0.tenant) }
    return .object(
      JSONObject([
        ("now", .string(overview.now.rfc3339)), ("process", process),
        ("due", overview.isPast ? .null : JSONValue(overdue.reduce(0) { $0 + $1.contacts })),
        ("due_since", JSONValue(overdue.map(\.since).min()?.rfc3339)), ("decisions", decisions),
        ("waiting", isWaitKnown ? waiting : .null),
        (
          "policies",
          PolicyOverviewReport(
            overview.policies.filter { isShown($0.tenant) }, wakes: overview.wakes, isPast: overview.isPast
          ).json
        ),
        ("devices", devices.json),
        ("holds", .array(overview.holds.filter { $0.tenant.map(isShown) ?? true }.map(HoldReport.json))),
        ("guards", guards),
      ]))
  }

  /// Only the devices.
  package var csv: String { devices.csv }

  /// The screen, as long as its content needs.
  package func table(columns: Int?) -> StyledText {
    TopScreen(overview, view, store: store, size: nil, columns: columns).lines
      .reduce(into: StyledText()) { text, line in text += line + "\n" }
  }

  private func isShown(_ tenant: TenantID) -> Bool { view.tenant == nil || view.tenant == tenant }

  private func isWaitKnown(_ tenant: TenantID) -> Bool { !overview.tenantsWithoutWaits.contains(tenant) }

  private var isWaitKnown: Bool { !overview.tenantsWithoutWaits.contains(where: isShown) }

  // MARK: - Parts of the JSON

  private var process: JSONValue {
    let process = overview.process
    let moment = { (moment: Instant?) in JSONValue(moment?.rfc3339) }
    return .object(
      JSONObject([
        ("running", overview.isPast ? .null : .bool(process.running != nil)),
        ("id", JSONValue(process.running.map(Int.init))),
        ("epoch", overview.isPast && process.since == nil ? .null : .integer(process.epoch)),
        ("since", moment(process.since)), ("last_decided_at", moment(process.lastDecidedAt)),
        ("last_sent_at", moment(process.lastSentAt)),
      ]))
  }

  private var decisions: JSONValue {
    let tally = overview.decisions
    let kinds = DecisionTally.Kind.allCases.map { kind -> (String, JSONValue) in
      let count = tally.count(kind, of: view.tenant, window: view.window, at: overview.now)
      let rate = tally.rate(kind, of: view.tenant, at: overview.now)
      let isKnown = isWaitKnown || (kind != .wait && kind != .fault)
      let figures: [(String, JSONValue)] = [
        ("count", isKnown ? JSONValue(count) : .null),
        ("per_second", isKnown ? .number((rate * 1000).rounded() / 1000) : .null),
      ]
      return (kind.rawValue, .object(JSONObject(figures)))
    }
    let since = max(tally.completeFrom, overview.now.advanced(byMilliseconds: -view.window))
    let isCut = tally.isCut && !tally.covers(window: view.window, at: overview.now)
    return .object(
      JSONObject([("since", .string(since.rfc3339)), ("complete", .bool(!isCut && isWaitKnown))] + kinds))
  }

  private var waiting: JSONValue {
    .array(
      overview.waiting.lines.filter { isShown($0.tenant) }.map { line in
        .object(
          JSONObject([
            ("tenant", .string(line.tenant.text)), ("reason", .string(line.reason)), ("code", line.code.json),
            ("contacts", JSONValue(line.contacts)), ("waitlist", line.waitlist.json),
          ]))
      })
  }

  /// Null for a past time.
  private var guards: JSONValue {
    guard !overview.isPast else { return .null }
    return .array(
      overview.guards.filter { isShown($0.tenant) }.map { trouble in
        .object(
          JSONObject([
            ("tenant", .string(trouble.tenant.text)), ("guard", .string(trouble.guard)),
            ("state", .string(trouble.state.rawValue)), ("reason", .string(trouble.reason)),
            ("code", trouble.code.json), ("contacts", JSONValue(trouble.contacts)),
          ]))
      })
  }

  /// The devices in the requested order.
  private var devices: Listing {
    var listing = Listing([
      "tenant", "device", "name", "status", "available", "why_not", "paused_until", "queued", "in_flight",
      "limit_queue", "sent_minute", "limit_minute", "sent_hour", "limit_hour", "sent_day", "limit_day",
      "failures_hour", "headroom", "load", "waiting",
    ])
    let waiting = overview.knownWaiting.ofDevices
    for line in TopDevices(overview, view).devices {
      let (device, load, limits) = (line.device, line.load, line.device.limits)
      let known = { (fact: DeviceFacts, value: JSONValue) in line.facts.contains(fact) ? value : .null }
      let limit = { (limit: Int?) in known(.limits, JSONValue(limit)) }
      let headroom = load.headroom(under: limits)
      let whyNot = line.refusal?.text ?? overview.holds.deviceRefusal(of: line.tenant)
      let share = (load.share(under: limits) * 1000).rounded() / 1000
      listing.add([
        .string(line.tenant.text), .string(device.id.text), .string(device.name),
        known(.status, .string(device.status.rawValue)), line.isRefusalKnown ? .bool(whyNot == nil) : .null,
        line.isRefusalKnown ? JSONValue(whyNot) : .null,
        known(.pause, JSONValue(device.pausedUntil?.rfc3339)),
        JSONValue(load.queued), JSONValue(load.inFlight), limit(limits.queue), JSONValue(load.sentMinute),
        limit(limits.minute), JSONValue(load.sentHour), limit(limits.hour), JSONValue(load.sentDay),
        limit(limits.day), JSONValue(load.failuresHour), known(.limits, JSONValue(headroom == .max ? nil : headroom)),
        known(.limits, .number(share)),
        isWaitKnown(line.tenant) ? JSONValue(waiting[line.tenant]?[device.id] ?? 0) : .null,
      ])
    }
    return listing
  }
}
