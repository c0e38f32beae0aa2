import Representations
import Routing
import Wire

/// What `usher top` shows, for programs.
struct TopJSON {
  let value: JSONValue

  init(_ glance: StoreGlance, _ view: TopView) {
    let isShown = { (tenant: TenantID) in view.tenant == nil || view.tenant == tenant }
    let isWaitKnown = !glance.tenantsWithoutWaits.contains(where: isShown)
    let process = glance.process
    let moment = { (moment: Instant?) in JSONValue(moment?.rfc3339) }
    let kinds = DecisionTally.Kind.allCases.map { kind -> (String, JSONValue) in
      let count = glance.decisions.count(kind, of: view.tenant, window: view.window, at: glance.now)
      let rate = glance.decisions.rate(kind, of: view.tenant, at: glance.now)
      let isKnown = isWaitKnown || (kind != .wait && kind != .fault)
      let figures: [(String, JSONValue)] = [
        ("count", isKnown ? JSONValue(count) : .null),
        ("per_second", isKnown ? .number((rate * 1000).rounded() / 1000) : .null),
      ]
      return (kind.rawValue, .object(JSONObject(figures)))
    }
    let overdue = glance.overdue.filter { isShown($0.tenant) }
    let since = max(glance.decisions.completeFrom, glance.now.advanced(byMilliseconds: -view.window))
    let isCut = glance.decisions.isCut && !glance.decisions.covers(window: view.window, at: glance.now)
    value = .object(
      JSONObject([
        ("now", .string(glance.now.rfc3339)),
        (
          "process",
          .object(
            JSONObject([
              ("running", glance.isPast ? .null : .bool(process.running != nil)),
              ("id", JSONValue(process.running.map(Int.init))),
              ("epoch", glance.isPast && process.since == nil ? .null : .integer(process.epoch)),
              ("since", moment(process.since)),
              ("last_decided_at", moment(process.lastDecidedAt)), ("last_sent_at", moment(process.lastSentAt)),
            ]))
        ),
        ("due", glance.isPast ? .null : JSONValue(overdue.reduce(0) { $0 + $1.contacts })),
        ("due_since", moment(overdue.map(\.since).min())),
        (
          "decisions",
          .object(
            JSONObject(
              [("since", .string(since.rfc3339)), ("complete", .bool(!isCut && isWaitKnown))] + kinds))
        ),
        (
          "waiting",
          isWaitKnown
            ? .array(
              glance.waiting.lines.filter { isShown($0.tenant) }.map { line in
                .object(
                  JSONObject([
                    ("tenant", .string(line.tenant.text)), ("reason", .string(line.reason)),
                    ("contacts", JSONValue(line.contacts)),
                  ]))
              }) : .null
        ),
        ("policies", PolicyOverviewReport(glance.policies.filter { isShown($0.tenant) }, isPast: glance.isPast).json),
        ("devices", TopJSON.devices(glance, view).json),
        ("holds", .array(glance.holds.filter { $0.tenant.map(isShown) ?? true }.map(HoldJSON.value))),
      ]))
  }

  /// The devices, in the order that was asked for.
  static func devices(_ glance: StoreGlance, _ view: TopView) -> Listing {
    var listing = Listing([
      "tenant", "device", "name", "status", "available", "why_not", "paused_until", "queued", "in_flight",
      "limit_in_flight", "sent_minute", "limit_minute", "sent_hour", "limit_hour", "sent_day", "limit_day",
      "failures_hour", "headroom", "load",
    ])
    for line in TopDevices(glance, view).devices {
      let (device, load, limits) = (line.device, line.load, line.device.limits)
      let known = { (fact: DeviceFacts, value: JSONValue) in line.facts.contains(fact) ? value : .null }
      let limit = { (limit: Int?) in known(.limits, JSONValue(limit)) }
      let headroom = load.headroom(under: limits)
      let share = (load.share(under: limits) * 1000).rounded() / 1000
      listing.add([
        .string(line.tenant.text), .string(device.id.text), .string(device.name),
        known(.status, .string(device.status.rawValue)), line.isRefusalKnown ? .bool(line.refusal == nil) : .null,
        line.isRefusalKnown ? JSONValue(line.refusal?.text) : .null,
        known(.pause, JSONValue(device.pausedUntil?.rfc3339)),
        JSONValue(load.queued), JSONValue(load.inFlight), limit(limits.inFlight), JSONValue(load.sentMinute),
        limit(limits.minute), JSONValue(load.sentHour), limit(limits.hour), JSONValue(load.sentDay),
        limit(limits.day), JSONValue(load.failuresHour), known(.limits, JSONValue(headroom == .max ? nil : headroom)),
        known(.limits, .number(share)),
      ])
    }
    return listing
  }
}
