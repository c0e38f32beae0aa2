import Routing
import Terminal
import Wire

/// The screen of `usher top`, composed from a reading of the store and the user's choices.
package struct TopScreen {
  /// The number of lines for waits, and for policies, on a screen with `rows` rows.
  private static func sideRows(_ rows: Int) -> Int { max(1, (rows - 10) / 4) }

  private static let holdsMax = 3

  /// From top to bottom, each at most as wide as the screen.
  package let lines: [StyledText]
  /// The number of devices to scroll through.
  package let devices: Int
  /// The number of devices visible at once.
  package let page: Int

  /// `note` replaces the keys in the last line. `size` nil: for a pipe, as long as the content needs and as wide as `columns`;
  /// if that is nil too, 80 columns. `store`: its path.
  package init(
    _ overview: StoreOverview, _ view: TopView, store: String, size: ScreenSize?, columns: Int? = nil,
    note: String? = nil
  ) {
    let columns = size?.columns ?? columns ?? ScreenSize.usual.columns
    let rows = size?.rows ?? Int.max
    let table = TopDevices(overview, view)
    devices = table.devices.count
    guard !view.showsHelp else {
      lines = TopScreen.help.prefix(rows).map { $0.cut(to: columns) }
      page = 1
      return
    }
    let side = size.map { TopScreen.sideRows($0.rows) } ?? Int.max
    var top = TopScreen.head(overview, view, store: store, columns: columns)
    // The heading of the table, a device and the last line have priority.
    if size != nil { top = Array(top.prefix(max(0, rows - 3))) }
    // A part that would leave the devices less than a quarter of the screen is omitted.
    func fits(_ part: [StyledText]) -> Bool { size == nil || rows - top.count - part.count - 3 >= max(3, rows / 4) }
    let decisions = TopScreen.decisions(overview, view, columns: columns)
    if fits(decisions) { top += decisions }
    let none = overview.tenantsWithoutWaits.isEmpty ? "no waiting contacts" : "no longer in the store: archived"
    let waits = TopScreen.section(
      "waiting", TopScreen.waiting(overview, view), most: side, none: none, columns: columns)
    let waitlists = TopScreen.waitlists(overview, view)
    let policies = TopScreen.section(
      "policies", TopScreen.policies(overview, view), most: side, none: "no tenants", columns: columns)
    let listed = waits + TopScreen.section("waitlists", waitlists, most: side, none: "", columns: columns) + policies
    if !waitlists.isEmpty, fits(listed) { top += listed } else if fits(waits + policies) { top += waits + policies }
    if fits([]) { top.append(StyledText()) }
    // Two lines are the heading of the table and the last line.
    page = size == nil ? devices : max(1, rows - top.count - 2)
    let first = size == nil ? 0 : max(0, min(view.offset, devices - page))
    let range = first..<min(devices, first + page)
    var lines = top + table.lines(range, columns: columns)
    if devices == 0 { lines.append(StyledText("no devices", .faint)) }
    if let size {
      lines = Array(lines.prefix(size.rows - 1))
      lines += Array(repeating: StyledText(), count: max(0, size.rows - 1 - lines.count))
      lines.append(TopScreen.foot(view, range, of: devices, note: note, columns: columns))
    }
    self.lines = lines.map { $0.cut(to: columns) }
  }

  // MARK: - Parts

  private static func head(_ overview: StoreOverview, _ view: TopView, store: String, columns: Int) -> [StyledText] {
    let clock = TopFigures.time(overview.now, now: overview.now) + " UTC"
    let tenant =
      view.tenant.map { "tenant \($0)" }
      ?? (overview.tenants.count == 1 ? "1 tenant" : "\(overview.tenants.count) tenants")
    var title = StyledText(" usher top  \(store)  \(tenant)", .bar).cut(to: max(1, columns - clock.count - 12))
    let end = (view.isPaused ? "PAUSED  " : "") + clock + " "
    title = title.fitted(to: max(0, columns - end.count)).toned(.bar) + StyledText(end, .bar)
    return [title.cut(to: columns)] + holds(overview, view) + flow(process(overview), columns)
      + flow(totals(overview, view), columns)
  }

  /// The first holds in force, and the number of the others.
  private static func holds(_ overview: StoreOverview, _ view: TopView) -> [StyledText] {
    let shown = overview.holds.filter { $0.tenant == nil || view.tenant == nil || $0.tenant == view.tenant }
    let lines = shown.prefix(holdsMax).map {
      StyledText("ON HOLD", .bad) + ": \($0.sentence)"
    }
    return shown.count > holdsMax ? lines + [StyledText("and \(shown.count - holdsMax) more holds", .bad)] : lines
  }

  private static func process(_ overview: StoreOverview) -> [StyledText] {
    let status = overview.process
    let known = [
      StyledText("epoch \(status.epoch)"), TopFigures.event("decided", at: status.lastDecidedAt, now: overview.now),
      TopFigures.event("sent", at: status.lastSentAt, now: overview.now),
    ]
    // The store does not record whether a process ran at a past time.
    if overview.isPast { return known.filter { $0.plain != "epoch 0" } }
    guard let running = status.running else { return [StyledText("no process runs on this store", .warning)] + known }
    let since = status.since.map { " since \(TopFigures.time($0, now: overview.now))" } ?? ""
    return [StyledText("running", .good) + ": process \(running)\(since)"] + known
  }

  private static func totals(_ overview: StoreOverview, _ view: TopView) -> [StyledText] {
    let shown = overview.devices.filter { view.tenant == nil || $0.tenant == view.tenant }
    let able = shown.count {
      $0.refusal == nil && $0.isRefusalKnown && overview.holds.deviceRefusal(of: $0.tenant) == nil
    }
    let unknown = shown.count { !$0.isRefusalKnown }
    let sum = { (value: (DeviceLoad) -> Int) in TopFigures.count(shown.reduce(0) { $0 + value($1.load) }) }
    let overdue = overview.overdue.filter { view.tenant == nil || $0.tenant == view.tenant }
    var due = StyledText("none due")
    if let since = overdue.map(\.since).min() {
      let count = TopFigures.count(overdue.reduce(0) { $0 + $1.contacts }) + (overview.hasMoreOverdue ? "+" : "")
      let behind = TopFigures.span(milliseconds: overview.now.milliseconds - since.milliseconds)
      due = StyledText("\(count) due", .strong) + " since \(behind)"
    }
    return (overview.isPast ? [] : [due]) + [
      StyledText("\(able)", able == 0 && !shown.isEmpty ? .bad : .strong) + " of \(shown.count) devices can accept"
        + (unknown > 0 ? " (\(unknown) not on record)" : ""),
      StyledText("\(sum { $0.queued }) queued"), StyledText("\(sum { $0.inFlight }) in flight"),
      StyledText("\(sum { $0.sentHour }) sent this hour"),
    ]
  }

  /// Joins facts into as many lines as they need.
  private static func flow(_ facts: [StyledText], _ columns: Int) -> [StyledText] {
    var lines: [StyledText] = []
    for fact in facts {
      if let last = lines.last, last.width + 2 + fact.width <= columns {
        lines[lines.count - 1] += ", " + fact
      } else {
        lines.append(fact)
      }
    }
    return lines
  }

  private static func decisions(_ overview: StoreOverview, _ view: TopView, columns: Int) -> [StyledText] {
    let kinds = DecisionTally.Kind.allCases
    let (tally, now) = (overview.decisions, overview.now)
    let start = max(tally.completeFrom, now.advanced(byMilliseconds: -view.window))
    let length = "\(view.window / 60_000) min"
    let isWhole = tally.covers(window: view.window, at: now)
    // If the window begins among decisions of the same time, there were more of them.
    let since = (tally.isCut ? "≥ since " : "since ") + TopFigures.time(start, now: now)
    let label = isWhole ? (columns >= 56 ? "last \(length)" : length) : since
    let isWide = columns >= 16 + 8 * kinds.count
    func row(_ label: StyledText, _ cells: [StyledText]) -> StyledText {
      cells.reduce(label.fitted(to: isWide ? 16 : 9)) { $0 + $1.fitted(to: isWide ? 8 : 6, isFigure: true) }
    }
    let isWaitKnown = !overview.tenantsWithoutWaits.contains { view.tenant == nil || view.tenant == $0 }
    let isKnown = { (kind: DecisionTally.Kind) in isWaitKnown || (kind != .wait && kind != .fault) }
    let totals = kinds.map { kind -> StyledText in
      guard isKnown(kind) else { return StyledText("–", .faint) }
      let count = tally.count(kind, of: view.tenant, window: view.window, at: now)
      return StyledText(TopFigures.count(count), kind == .fault && count > 0 ? .bad : .plain)
    }
    let rates = kinds.map { kind in
      StyledText(isKnown(kind) ? TopFigures.rate(tally.rate(kind, of: view.tenant, at: now)) : "–")
    }
    return [
      StyledText(),
      row(StyledText("decisions", .heading), kinds.map { StyledText($0.rawValue, .heading) }),
      row(StyledText(label), totals), row(StyledText(isWide ? "a second, now" : "a second"), rates),
    ]
  }

  /// A heading followed by the first line, with the other lines below; the last one counts those that do not fit.
  private static func section(_ title: String, _ lines: [StyledText], most: Int, none: String, columns: Int)
    -> [StyledText]
  {
    let indent = StyledText(String(repeating: " ", count: 10))
    var shown = lines.isEmpty ? [StyledText(none, .faint)] : Array(lines.prefix(most))
    if lines.count > most, most > 1 {
      shown[most - 1] = StyledText("and \(lines.count - most + 1) more", .faint)
    } else if lines.count > most {
      shown[0] = shown[0].cut(to: max(1, columns - 24)) + StyledText("  and \(lines.count - 1) more", .faint)
    }
    return shown.enumerated().map { ($0 == 0 ? StyledText(title, .heading).fitted(to: 10) : indent) + $1 }
  }

  private static func waiting(_ overview: StoreOverview, _ view: TopView) -> [StyledText] {
    overview.knownWaiting.reasons(of: view.tenant).map { reason, contacts in
      StyledText(TopFigures.count(contacts), .strong).fitted(to: 6, isFigure: true) + "  \(reason)"
    }
  }

  /// What contacts wait for, with the most contacts first.
  private static func waitlists(_ overview: StoreOverview, _ view: TopView) -> [StyledText] {
    let showsTenant = view.tenant == nil && overview.tenants.count > 1
    return overview.knownWaiting.waitlists(of: view.tenant).map { tenant, waitlist, contacts in
      let name = waitlist.text { id in
        let line = overview.devices.first { $0.tenant == tenant && $0.device.id == id }
        return line.map { ExplainText.label($0.device) } ?? id.text
      }
      return StyledText(TopFigures.count(contacts), .strong).fitted(to: 6, isFigure: true)
        + "  \(showsTenant ? "\(tenant): " : "")\(name)"
    }
  }

  private static func policies(_ overview: StoreOverview, _ view: TopView) -> [StyledText] {
    let isShown = { (tenant: TenantID) in view.tenant == nil || tenant == view.tenant }
    let policies = overview.policies.filter { isShown($0.tenant) }
      .map { TopPolicy($0, wake: overview.wakes[$0.tenant]) }
      .enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map { (line: $0.element.line(now: overview.now), hasTrouble: $0.element.hasTrouble) }
    let guards = overview.guards.filter { isShown($0.tenant) }.map { trouble in
      StyledText("\(trouble.tenant)  guard \(trouble.guard)  ")
        + StyledText(trouble.text, trouble.state == .failing || trouble.state == .held ? .warning : .bad)
    }
    return policies.filter(\.hasTrouble).map(\.line) + guards + policies.filter { !$0.hasTrouble }.map(\.line)
  }

  private static func foot(_ view: TopView, _ range: Range<Int>, of devices: Int, note: String?, columns: Int)
    -> StyledText
  {
    if let note { return StyledText(" \(note)", .bad).cut(to: columns) }
    let place = range.count < devices ? "  \(range.lowerBound + 1)-\(range.upperBound) of \(devices)" : ""
    let order = view.order.rawValue + (view.isReversed ? " reversed" : "")
    let keys = " q quit  ? help  s sort: \(order)  t tenant  p \(view.isPaused ? "resume" : "pause")  arrows scroll"
    return StyledText(keys + place, .bar).fitted(to: columns).toned(.bar)
  }

  private static let help: [StyledText] =
    [StyledText("Keys of usher top", .heading), StyledText()]
    + TopKeys.lines.map { StyledText("  \($0.names)", .strong).fitted(to: 20) + StyledText($0.purpose) }
    + [
      StyledText(), StyledText("A bar shows a cap: █ sent in its rolling window, ▒ queued or in flight."),
      StyledText("Nothing is written to the store. Press any key to return."),
    ]
}
