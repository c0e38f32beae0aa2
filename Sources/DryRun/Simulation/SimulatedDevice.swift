import Routing

/// A device in a simulation: the device itself, its queue, its windows and its figures.
struct SimulatedDevice {
  let tenant: Int
  /// With its current status, limits and pacing.
  private(set) var device: Device
  private let storedStatus: DeviceStatus
  private let failures: [Int64]
  private(set) var sends: RecentSends
  private var outages = 0
  var queue = MessageQueue()
  /// Messages of inactive sequences: they count as queued and are not sent.
  var held = 0
  /// When the device may send next; nil while it has nothing that could be sent.
  var wakesAt: Instant?
  var figures = Figures()

  struct Figures {
    var queued = 0
    var sent = 0
    var peakLoad = 0.0
    /// Samples in which it was online and a limit was full.
    var samplesAtCap = 0
    /// Decisions to wait about contacts assigned to it.
    var waits = 0
    var wasOnline = false
  }

  init(_ state: DeviceState, tenant: Int, start: Instant) {
    self.tenant = tenant
    (device, sends, failures) = (state.device, state.sends, state.failures)
    device.nextSendAt = device.paceEnd(at: start)
    storedStatus = state.device.status
    figures.wasOnline = storedStatus == .online
  }

  func load(at now: Instant) -> DeviceLoad {
    DeviceLoad(
      sentMinute: sends.count(window: RecentSends.minute, at: now),
      sentHour: sends.count(window: RecentSends.hour, at: now),
      sentDay: sends.count(window: RecentSends.day, at: now), queued: queue.count + held,
      failuresHour: failures.isEmpty ? 0 : failuresHour(at: now))
  }

  func share(at now: Instant) -> Double { load(at: now).share(under: device.limits) }

  mutating func notePeak(at now: Instant) { figures.peakLoad = max(figures.peakLoad, share(at: now)) }

  private func failuresHour(at now: Instant) -> Int {
    failures.count { $0 > now.milliseconds - RecentSends.hour && $0 <= now.milliseconds }
  }
}

// MARK: - Sending

extension SimulatedDevice {
  /// The maximum number of messages that the sender claims at once.
  private static let claimMax = 500

  /// Messages that may be sent now, as the sender computes them, and how many of them may be bulk.
  func allowances(at now: Instant, bulkShare: Int) -> (all: Int, bulk: Int) {
    let load = load(at: now)
    return (
      SendAllowance.count(for: device, load: load, at: now, most: SimulatedDevice.claimMax),
      SendAllowance.bulkCount(for: device, share: bulkShare, load: load, at: now, most: SimulatedDevice.claimMax)
    )
  }

  /// Keeps the device from sending before `moment`.
  mutating func pace(until moment: Instant) { device.nextSendAt = moment }

  mutating func send(at now: Instant) {
    sends.add(now)
    sends.forget(before: now)
    device.lastSentAt = max(device.lastSentAt ?? now, now)
    figures.sent += 1
  }

  /// The earliest time, `now` or later, at which a queued message can be sent; nil if unknown.
  ///
  /// A queue with bulk messages alone waits for the windows of the bulk share.
  func sendsAt(from now: Instant, bulkShare: Int) -> Instant? {
    let limits = queue.hasOnlyBulk ? device.limits.reduced(to: bulkShare) : device.limits
    guard device.status == .online, limits.queue != 0, var earliest = queue.readyAt(now: now) else {
      return nil
    }
    earliest = max(earliest, device.pausedUntil ?? earliest, device.nextSendAt ?? earliest)
    let windows = [
      (limits.minute, RecentSends.minute), (limits.hour, RecentSends.hour), (limits.day, RecentSends.day),
    ]
    for case (let limit?, let window) in windows {
      guard let room = sends.roomAt(limit: limit, window: window, outstanding: 0, now: now) else { return nil }
      earliest = max(earliest, room)
    }
    return earliest
  }
}

// MARK: - Drills

extension SimulatedDevice {
  mutating func apply(_ change: Incident.Change) {
    switch change {
    case .goOffline: outages += 1
    case .comeBack: outages -= 1
    case .retire: device.status = .retired
    case .cap(.minute, let limit): device.limits.minute = limit
    case .cap(.hour, let limit): device.limits.hour = limit
    case .cap(.day, let limit): device.limits.day = limit
    }
    guard device.status != .retired else { return }
    device.status = outages > 0 ? .offline : storedStatus
    if device.status == .online { figures.wasOnline = true }
  }
}
