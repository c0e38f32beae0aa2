import Routing
import Terminal

/// The devices with their caps: a line for each, with as many columns as fit.
struct TopDevices {
  /// The data of one device's line.
  private struct Line {
    let name: String
    let state: String
    let tone: Tone
    /// In the order of `caps`.
    let usage: [CapUsage]
    let load: DeviceLoad
  }

  /// A cap's column: usage and limit, and a bar if it fits.
  private struct CapColumn {
    let index: Int
    let title: String
    /// The width of the widest figures.
    let figures: Int
  }

  private static let titles = ["minute", "hour", "day", "queue"]
  /// The narrowest and the widest useful bar.
  private static let bars = 3...20
  private static let names = 8...28

  let devices: [StoreOverview.DeviceLine]
  private let now: Instant
  private let showsTenant: Bool

  init(_ overview: StoreOverview, _ view: TopView) {
    now = overview.now
    showsTenant = view.tenant == nil && overview.tenants.count > 1
    let shown = overview.devices.filter { view.tenant == nil || $0.tenant == view.tenant }
    devices = TopDevices.sorted(shown, by: view.order, isReversed: view.isReversed)
  }

  /// The heading and the lines of `range`, each at most `columns` wide.
  func lines(_ range: Range<Int>, columns: Int) -> [StyledText] {
    let lines = devices[range].map(line)
    let states = max(5, lines.map { DisplayWidth.of($0.state) }.max() ?? 0)
    let queued = max(6, lines.map { TopFigures.count($0.load.queued).count }.max() ?? 0)
    // A cap that no device has gets no column, except the hour's, which shows how much was sent.
    let shown = TopDevices.titles.indices.filter { cap in cap == 1 || devices.contains { limit($0, cap) != nil } }
    var caps = shown.map { cap in
      let figures = lines.map { TopDevices.figures($0.usage[cap]).count }.max() ?? 0
      return CapColumn(index: cap, title: TopDevices.titles[cap], figures: max(figures, TopDevices.titles[cap].count))
    }
    let wanted = max(6, lines.map { DisplayWidth.of($0.name) }.max() ?? 0)
    var name = min(max(wanted, TopDevices.names.lowerBound), TopDevices.names.upperBound)
    func room() -> Int { columns - name - 2 - states - 2 - queued - caps.reduce(0) { $0 + $1.figures + 2 } }
    // On a narrow screen first shorten the names, then drop caps, the longest windows first.
    name = max(TopDevices.names.lowerBound, min(name, name + room()))
    while room() < 0, !caps.isEmpty { caps.removeFirst() }
    let bar = caps.isEmpty ? 0 : room() / caps.count - 1
    let bars = bar < TopDevices.bars.lowerBound ? 0 : min(bar, TopDevices.bars.upperBound)
    var head = StyledText("device", .heading).fitted(to: name) + "  " + StyledText("state", .heading).fitted(to: states)
    head += StyledText("  ") + StyledText("queued", .heading).fitted(to: queued, isFigure: true)
    for cap in caps {
      head += StyledText("  ") + StyledText(cap.title, .heading).fitted(to: cap.figures + (bars == 0 ? 0 : bars + 1))
    }
    return [head.cut(to: columns)]
      + lines.map { line in
        var text = StyledText(line.name).fitted(to: name) + "  " + StyledText(line.state, line.tone).fitted(to: states)
        text += StyledText("  ") + StyledText(TopFigures.count(line.load.queued)).fitted(to: queued, isFigure: true)
        for cap in caps {
          let usage = line.usage[cap.index]
          if bars > 0 { text += StyledText("  ") + TopDevices.bar(usage, of: line.load, width: bars) + StyledText(" ") }
          text += StyledText(bars > 0 ? "" : "  ") + StyledText(TopDevices.figures(usage)).fitted(to: cap.figures)
        }
        return text.cut(to: columns)
      }
  }

  private func line(_ line: StoreOverview.DeviceLine) -> Line {
    let id = (showsTenant ? "\(line.tenant)/" : "") + line.device.id.text
    let name = line.device.name == line.device.id.text ? id : "\(id) \(line.device.name)"
    let (state, tone) = state(of: line)
    return Line(
      name: name, state: state, tone: tone, usage: line.load.usage(under: TopDevices.limits(line)), load: line.load)
  }

  /// Unknown limits count as no limits.
  private static func limits(_ line: StoreOverview.DeviceLine) -> DeviceLimits {
    line.facts.contains(.limits) ? line.device.limits : DeviceLimits()
  }

  private func limit(_ line: StoreOverview.DeviceLine, _ cap: Int) -> Int? {
    let limits = TopDevices.limits(line)
    return [limits.minute, limits.hour, limits.day, limits.queue][cap]
  }

  private func state(of line: StoreOverview.DeviceLine) -> (String, Tone) {
    guard line.isRefusalKnown else { return ("–", .faint) }
    return switch line.refusal {
    case nil: ("online", .good)
    case .status(let status): (status.rawValue, .bad)
    case .paused(let until): ("paused until \(TopFigures.minute(until, now: now))", .warning)
    case .cap(let usage): ("full: \(usage.cap.rawValue)", .warning)
    }
  }

  /// `5/80`; only the usage if there is no limit.
  private static func figures(_ usage: CapUsage) -> String {
    TopFigures.count(usage.used) + (usage.limit.map { "/" + TopFigures.count($0) } ?? "")
  }

  /// Sent messages are drawn solid, queued and in-flight ones shaded. Only a bar that is empty or full looks so.
  private static func bar(_ usage: CapUsage, of load: DeviceLoad, width: Int) -> StyledText {
    guard let limit = usage.limit else { return StyledText(String(repeating: " ", count: width)) }
    let used = cells(usage.used, of: limit, width)
    let sent = min(used, cells(max(0, usage.used - load.outstanding), of: limit, width))
    let tone: Tone = usage.isFull ? .bad : usage.used >= limit - limit / 5 ? .warning : .good
    return StyledText(String(repeating: "█", count: sent) + String(repeating: "▒", count: used - sent), tone)
      + StyledText(String(repeating: "·", count: width - used), .faint)
  }

  private static func cells(_ used: Int, of limit: Int, _ width: Int) -> Int {
    if used >= limit { return width }
    return used == 0 ? 0 : max(1, min(width - 1, Int((Double(used) / Double(limit) * Double(width)).rounded())))
  }

  private static func sorted(_ devices: [StoreOverview.DeviceLine], by order: TopView.Order, isReversed: Bool)
    -> [StoreOverview.DeviceLine]
  {
    // The most loaded first; equal devices keep the order of the store.
    let keys = devices.map { line -> Double in
      switch order {
      case .load: -line.load.share(under: limits(line))
      case .queued: -Double(line.load.queued)
      case .sent: -Double(line.load.sentHour)
      case .state: Double(rank(line))
      case .name: 0
      }
    }
    let places = devices.indices.sorted { a, b in
      let isBefore =
        order == .name
        ? (devices[a].tenant, devices[a].device.id) < (devices[b].tenant, devices[b].device.id) : keys[a] < keys[b]
      let isAfter =
        order == .name
        ? (devices[b].tenant, devices[b].device.id) < (devices[a].tenant, devices[a].device.id) : keys[b] < keys[a]
      if isBefore || isAfter { return isBefore != isReversed }
      return a < b
    }
    return places.map { devices[$0] }
  }

  private static func rank(_ line: StoreOverview.DeviceLine) -> Int {
    guard line.isRefusalKnown else { return 3 }
    return switch line.refusal {
    case .status: 0
    case .paused: 1
    case .cap: 2
    case nil: 4
    }
  }
}
