import Routing
import Terminal
import Testing

@testable import Commands
@testable import Representations
@testable import StoreSQL
@testable import StoreSQLite

/// Reviewed screens of `usher top`, and the properties of each screen.
struct TopScreenTests {
  private static let now = Instant(rfc3339: "2026-11-22T09:00:05Z")!
  private static let acme = TenantID(stored: "acme")
  private static let globex = TenantID(stored: "globex")

  private static func device(
    _ id: String, name: String? = nil, of tenant: TenantID = acme, status: DeviceStatus = .online,
    pausedUntil: Instant? = nil, limits: DeviceLimits = DeviceLimits(hour: 80, day: 800, queue: 50),
    load: DeviceLoad = DeviceLoad()
  ) -> StoreOverview.DeviceLine {
    let device = Device(
      key: DeviceKey(1), id: DeviceID(stored: id), name: name, status: status, pausedUntil: pausedUntil, limits: limits)
    return StoreOverview.DeviceLine(tenant: tenant, device: device, load: load, at: now)
  }

  private static var overview: StoreOverview {
    var decisions = DecisionTally(completeFrom: now.advanced(bySeconds: -7200))
    decisions.add(.use, of: acme, at: now.advanced(bySeconds: -4), count: 90)
    decisions.add(.use, of: globex, at: now.advanced(bySeconds: -600), count: 12_345)
    decisions.add(.wait, of: acme, at: now.advanced(bySeconds: -30), count: 3)
    decisions.add(.fault, of: globex, at: now.advanced(bySeconds: -2), count: 2)
    let status = { (tenant: TenantID, policy: String) in
      PolicyStatus(
        tenant: tenant, position: 1, policy: policy, revision: "sha256:" + String(repeating: "a3", count: 32),
        since: now.advanced(bySeconds: -3600), refusal: nil, refusedAt: nil, faults: 0, lastFault: nil, suspendedAt: nil
      )
    }
    var refused = status(globex, "night")
    (refused.refusal, refused.refusedAt) = ("line 3: a contact has no 'devise'", now)
    var suspended = status(acme, "vip")
    (suspended.faults, suspended.lastFault, suspended.suspendedAt) = (20, "line 1: no", now)
    return StoreOverview(
      now: now,
      process: ProcessStatus(
        running: 4242, epoch: 3, since: now.advanced(bySeconds: -2885), lastDecidedAt: now.advanced(bySeconds: -2),
        lastSentAt: now.advanced(bySeconds: -1)),
      tenants: [acme, globex],
      devices: [
        device(
          "D1", name: "Sales 1", limits: DeviceLimits(minute: 10, hour: 5, day: 800, queue: 50),
          load: DeviceLoad(sentMinute: 1, sentHour: 3, sentDay: 40, queued: 2)),
        device("D2", name: "Sales 2", load: DeviceLoad(sentHour: 66, sentDay: 400, queued: 7, inFlight: 1)),
        device("D3", name: "東京オフィスの電話", pausedUntil: now.advanced(bySeconds: 595)),
        device("D4", name: "evil\u{1B}[2J\u{7}", status: .offline, load: DeviceLoad(queued: 123)),
        device("B1", of: globex, limits: DeviceLimits(), load: DeviceLoad(sentHour: 1, sentDay: 2)),
      ],
      decisions: decisions, overdue: [.init(tenant: acme, contacts: 34, since: now.advanced(bySeconds: -130))],
      waiting: WaitingTally(
        at: now,
        lines: [
          .init(tenant: acme, reason: "no device can accept more", contacts: 31),
          .init(tenant: globex, reason: "no device can accept more", contacts: 9),
          .init(tenant: acme, reason: "owner unavailable", contacts: 2),
        ]),
      policies: [status(acme, "fallback"), suspended, status(globex, "assigned"), refused])
  }

  private func screen(_ columns: Int, _ rows: Int, _ change: (inout TopView) -> Void = { _ in }) -> TopScreen {
    var view = TopView()
    change(&view)
    return TopScreen(Self.overview, view, store: "usher.db", size: ScreenSize(columns: columns, rows: rows))
  }

  private func text(_ screen: TopScreen) -> String { screen.lines.map { $0.plain + "\n" }.joined() }

  @Test func `waitlists are shown with the devices and filters that contacts wait for`() throws {
    var overview = Self.overview
    let now = overview.now
    overview.waiting = WaitingTally(
      at: now,
      lines: [
        .init(tenant: Self.acme, reason: "full", waitlist: .device(DeviceID("D1")!), contacts: 31),
        .init(tenant: Self.acme, reason: "other", waitlist: .device(DeviceID("D1")!), contacts: 2),
        .init(tenant: Self.globex, reason: "full", waitlist: .filter(DeviceFilter(tag: "vip")), contacts: 9),
      ])
    let lines = TopScreen(overview, TopView(), store: "usher.db", size: nil).lines.map(\.plain)
    #expect(lines.contains("waiting       40  full"))
    #expect(lines.contains("waitlists     33  acme: Sales 1 (D1)"))
    #expect(lines.contains("               9  globex: devices with the tag 'vip'"))
    let json = TopReport(overview, TopView(), store: "usher.db").json
    #expect(json["waiting"].items.map { $0["waitlist"]["device"] }.contains("D1"))
    #expect(json["devices"].items.first { $0["device"] == "D1" }?["waiting"] == .integer(33))
    let usual = TopScreen(overview, TopView(), store: "usher.db", size: .usual).lines
    #expect(usual.contains { $0.plain.hasPrefix("waiting") } && usual.contains { $0.plain.hasPrefix("waitlists") })
  }

  @Test(arguments: [(80, 24), (120, 40), (60, 16), (40, 12)])
  func `each screen matches its reviewed snapshot`(columns: Int, rows: Int) throws {
    try Snapshot.expect(text(screen(columns, rows)), is: "top/\(columns)x\(rows).txt")
  }

  @Test func `one tenant in another order matches its reviewed snapshot`() throws {
    let screen = screen(80, 24) {
      $0.tenant = Self.acme
      $0.order = .name
      $0.isReversed = true
      $0.isPaused = true
    }
    try Snapshot.expect(text(screen), is: "top/acme.txt")
  }

  private func held(_ tenants: [String?], reason: String = "the provider reports an outage") -> StoreOverview {
    var overview = Self.overview
    overview.holds = tenants.enumerated().map { index, tenant in
      SendingHold(
        tenant: tenant.map { TenantID(stored: $0) }, reason: reason, actor: "ann",
        at: Self.now.advanced(bySeconds: Int64(index) - 600))
    }
    return overview
  }

  @Test func `holds are shown first, as in the reviewed snapshot`() throws {
    for (columns, rows) in [(80, 24), (60, 16)] {
      let size = ScreenSize(columns: columns, rows: rows)
      let screen = TopScreen(held([nil, "acme"]), TopView(), store: "usher.db", size: size)
      try Snapshot.expect(text(screen), is: "top/hold-\(columns)x\(rows).txt")
    }
    let many = TopScreen(held([nil, "acme", "globex", "acme", "acme"]), TopView(), store: "usher.db", size: .usual)
    #expect(text(many).contains("and 2 more holds"))
    var view = TopView()
    view.tenant = Self.acme
    let acme = text(TopScreen(held([nil, "acme", "globex"]), view, store: "usher.db", size: .usual))
    #expect(acme.contains("sending for acme is on hold") && !acme.contains("sending for globex"))
    #expect(acme.contains("sending is on hold"))
  }

  @Test func `the reason of a hold takes one line and cannot control the terminal`() {
    for reason in ["a\nb", "a\u{1B}[2Jb", String(repeating: "x", count: 900)] {
      let screen = TopScreen(held([nil], reason: reason), TopView(), store: "usher.db", size: .usual)
      #expect(screen.lines.count <= ScreenSize.usual.rows)
      for line in screen.lines {
        #expect(line.width <= ScreenSize.usual.columns)
        #expect(!line.text(.on).contains("\u{1B}[2J") && !line.text(.on).contains("\n"))
      }
    }
  }

  @Test func `the help matches its reviewed snapshot`() throws {
    try Snapshot.expect(text(screen(80, 24) { $0.showsHelp = true }), is: "top/help.txt")
  }

  @Test(arguments: 1...140, [1, 2, 5, 12, 16, 24, 60])
  func `a screen never exceeds its size`(columns: Int, rows: Int) {
    for showsHelp in [false, true] {
      let screen = screen(columns, rows) { $0.showsHelp = showsHelp }
      #expect(screen.lines.count <= max(rows, 1))
      for line in screen.lines { #expect(line.width <= columns, "\(columns)x\(rows): \(line.plain)") }
    }
  }

  @Test func `no user text reaches the terminal unescaped`() {
    let drawn = screen(120, 40).lines.map { $0.text(.on) }.joined()
    #expect(!drawn.contains("\u{1B}[2J") && !drawn.contains("\u{7}"))
    #expect(drawn.contains("evil\\u{1B}"))
  }

  @Test func `colours add no information that words do not give`() {
    // Problems are still visible as words without the tones.
    let plain = text(screen(120, 40))
    for word in ["full: hour", "paused until 09:10", "offline", "suspended", "refused", "fault"] {
      #expect(plain.contains(word), "\(plain)")
    }
  }

  @Test func `a short screen shows devices first, and every device can be reached by scrolling`() {
    var seen: Set<String> = []
    for offset in 0..<5 {
      let screen = screen(80, 6) { $0.offset = offset }
      #expect(screen.page == 1)
      for id in ["D1", "D2", "D3", "D4", "B1"] where text(screen).contains("/\(id)") { seen.insert(id) }
    }
    #expect(seen.count == 5)
  }

  @Test func `each order puts the most urgent first`() {
    let orders: [(TopView.Order, String)] = [
      (.load, "D1"), (.queued, "D4"), (.sent, "D2"), (.state, "D4"), (.name, "D1"),
    ]
    for (order, id) in orders {
      var view = TopView()
      view.order = order
      #expect(TopDevices(Self.overview, view).devices.first?.device.id.text == id, "\(order)")
      view.isReversed = true
      // Two devices are full: the store's order separates them in either case.
      if order == .load { continue }
      #expect(TopDevices(Self.overview, view).devices.last?.device.id.text == id, "\(order)")
    }
  }

  @Test func `a failed refresh is reported on the last line, and the last data stays`() {
    let screen = TopScreen(
      Self.overview, TopView(), store: "usher.db", size: .usual, note: "the disk is gone")
    #expect(screen.lines.last?.plain.contains("the disk is gone") == true)
    #expect(text(screen).contains("acme/D1"))
  }

  @Test(arguments: [Int.max, Int.max / 2, 1, 0])
  func `a limit of any size is drawn`(limit: Int) {
    let limits = DeviceLimits(minute: limit, hour: limit, day: limit, queue: limit)
    let device = Self.device("D1", limits: limits, load: DeviceLoad(sentMinute: 1, sentHour: 1, sentDay: 1, queued: 1))
    let overview = StoreOverview(
      now: Self.now, tenants: [Self.acme], devices: [device], decisions: DecisionTally(completeFrom: Self.now),
      waiting: WaitingTally(at: Self.now, lines: []))
    #expect(text(TopScreen(overview, TopView(), store: "new.db", size: .usual)).contains("D1"))
  }

  @Test func `an empty store is shown as empty`() {
    let empty = StoreOverview(
      now: Self.now, decisions: DecisionTally(completeFrom: Self.now), waiting: WaitingTally(at: Self.now, lines: []))
    let screen = TopScreen(empty, TopView(), store: "new.db", size: .usual)
    #expect(text(screen).contains("no process runs on this store, epoch 0, decided never, sent never"))
    #expect(text(screen).contains("no devices") && text(screen).contains("no waiting contacts"))
  }

  @Test(arguments: [
    (0, "0"), (9999, "9999"), (10_000, "10k"), (999_999, "999k"), (1_250_000, "1.2M"), (12_000_000, "12M"),
  ])
  func `large figures are short`(count: Int, text: String) { #expect(TopFigures.count(count) == text) }

  @Test(arguments: [(0.0, "0"), (0.05, "<0.1"), (0.44, "0.4"), (9.99, "10.0"), (120.4, "120")])
  func `rates have only significant digits`(rate: Double, text: String) { #expect(TopFigures.rate(rate) == text) }
}
