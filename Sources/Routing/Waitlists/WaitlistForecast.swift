/// When the contact at a position of a waitlist is served, as far as limits and recent sends of its devices tell.
///
/// An estimate: contacts on other waitlists and new messages may use the same capacity, and a policy may decide otherwise.
package struct WaitlistForecast: Equatable, Sendable {
  /// Why there is no estimate.
  package enum Obstacle: Equatable, Sendable {
    /// The tenant has no device in service for which the contact waits.
    case noDevice
    /// The only device, at this position of the fleet, does not send.
    case refused(Int, DeviceRefusal)
    /// None of several devices is online and not paused.
    case noneSends(devices: Int)
    /// Each device that sends has a limit of 0.
    case limitOfZero
    /// The limits of the devices allow too little: the contact would be served after a year.
    case limits
    /// The part of the limits that bulk messages may use, in percent, allows too little; the whole limits would do.
    case bulkShare(Int)
    /// The contacts are of sequences that are not active, and are passed over.
    case inactiveSequences
  }

  /// About when it is served, rounded up: within an hour to a minute, later to five minutes. The fleet's time if there
  /// is capacity for it now; nil with an obstacle.
  package let servedAt: Instant?
  /// The contacts that the waitlist serves in an hour; nil with an obstacle, and if no limit bounds its devices.
  package let perHour: Double?
  /// Nil with an estimate.
  package let obstacle: Obstacle?

  /// Whether there is capacity for the contact now.
  package func isNow(at now: Instant) -> Bool { servedAt == now }

  /// The farthest estimate: a year.
  private static let horizon: Int64 = 366 * RecentSends.day

  /// For a contact at this position, in a fleet with unreduced limits. Devices that do not send count as without capacity.
  /// Costs about forty looks at the devices of the waitlist.
  package init(of place: WaitlistPlace, in fleet: Fleet) {
    let devices = WaitlistForecast.devices(of: place.waitlist, in: fleet)
    let curves = devices.compactMap { CapacityCurve(fleet, $0, for: place.priority) }
    guard !curves.isEmpty else {
      let obstacle: Obstacle =
        switch devices.count {
        case 0: .noDevice
        case 1: fleet.refusal(devices[0]).map { .refused(devices[0], $0) } ?? .limits
        default: .noneSends(devices: devices.count)
        }
      self.init(obstacle: obstacle)
      return
    }
    // Each device counts up to the position, so that the sum cannot overflow.
    func isServed(_ milliseconds: Int64) -> Bool {
      curves.reduce(0) { $0 + min($1.count(until: milliseconds), place.position) } >= place.position
    }
    guard isServed(WaitlistForecast.horizon) else {
      let whole = WaitlistPlace(waitlist: place.waitlist, position: place.position)
      let isOfShare = place.priority == .bulk && fleet.bulkShare < 100
      if isOfShare, WaitlistForecast(of: whole, in: fleet).obstacle == nil {
        self.init(obstacle: .bulkShare(fleet.bulkShare))
      } else {
        let isNever = curves.allSatisfy { $0.count(until: WaitlistForecast.horizon) == 0 }
        self.init(obstacle: isNever ? .limitOfZero : .limits)
      }
      return
    }
    var (low, high): (Int64, Int64) = (0, WaitlistForecast.horizon)
    while low < high {
      let middle = (low + high) / 2
      if isServed(middle) { high = middle } else { low = middle + 1 }
    }
    let rates = curves.map { $0.perHour(over: low) }
    self.init(
      servedAt: WaitlistForecast.rounded(low, after: fleet.now),
      perHour: rates.contains(nil) ? nil : rates.reduce(0) { $0 + $1! }, obstacle: nil)
  }

  private init(servedAt: Instant?, perHour: Double?, obstacle: Obstacle?) {
    (self.servedAt, self.perHour, self.obstacle) = (servedAt, perHour, obstacle)
  }

  /// Without an estimate.
  package init(obstacle: Obstacle) { self.init(servedAt: nil, perHour: nil, obstacle: obstacle) }

  /// The positions of the devices for which contacts on this waitlist wait.
  private static func devices(of waitlist: Waitlist, in fleet: Fleet) -> [Int] {
    switch waitlist {
    case .fleet: Array(fleet.members.indices)
    case .device(let id): fleet.position(of: id).map { [$0] } ?? []
    case .filter(let filter): fleet.members.indices.filter { filter.selects(fleet.members[$0].device) }
    }
  }

  private static func rounded(_ milliseconds: Int64, after now: Instant) -> Instant {
    guard milliseconds > 0 else { return now }
    let step: Int64 = milliseconds <= RecentSends.hour ? 60_000 : 300_000
    let moment = now.milliseconds + milliseconds
    return Instant(milliseconds: (moment + step - 1) / step * step)
  }
}
