/// The core's check of a verdict. A script's choice becomes a decision only here.
package enum Admission {
  /// How long a contact waits after a fault; seconds.
  package static let faultRetrySeconds: Int64 = 60
  /// How long a contact waits when neither the policy nor the fleet names an end; seconds.
  package static let defaultWaitSeconds: Int64 = 300
  /// The latest time of a `wait_for` without seconds: a day, in seconds. Capacity usually ends the wait earlier.
  package static let waitlistSeconds = 86_400.0
  /// How long an unreadable row is skipped; seconds.
  package static let quarantineSeconds: Int64 = 3600
  /// The longest wait that a policy may request: 366 days, in seconds.
  package static let longestWaitSeconds = 366.0 * 86_400

  /// Turns a verdict into a resolution.
  ///
  /// A device in the verdict must be a member of the given fleet, which holds the devices of one tenant that are not
  /// retired. A `wait` ends after the requested seconds, or earlier if every device is full and the fleet knows when one
  /// will have capacity. A `waitFor` ends after its seconds at the latest, whatever the fleet knows: its waitlist ends it
  /// earlier. No wait ends before the next second, so that a script cannot make the cycle spin. Throws a fault for a
  /// verdict that cannot be followed.
  package static func resolve(_ verdict: Verdict, fleet: inout Fleet) throws(Fault) -> Resolution {
    switch verdict {
    case .use(let device):
      guard fleet.contains(device) else { throw foreign }
      return .use(device: device)
    case .move(let device):
      guard fleet.contains(device) else { throw foreign }
      return .move(device: device)
    case .skip:
      return .skip
    case .wait(let seconds):
      try checkSeconds(seconds, of: "wait")
      return .wait(until: until(seconds, fleet: &fleet))
    case .waitFor(let target, let seconds):
      if let device = target.device, !fleet.contains(device) { throw foreign }
      try checkSeconds(seconds, of: "wait_for")
      let latest = after(seconds ?? waitlistSeconds, from: fleet.now)
      return .wait(until: max(latest, fleet.now.advanced(bySeconds: 1)))
    case .noOpinion:
      return .wait(until: until(nil, fleet: &fleet))
    }
  }

  /// When the step of a contact whose policy failed is decided again.
  package static func retryAfterFault(at now: Instant) -> Instant { now.advanced(bySeconds: faultRetrySeconds) }

  private static func until(_ seconds: Double?, fleet: inout Fleet) -> Instant {
    let now = fleet.now
    let asked = seconds.map { after($0, from: now) }
    let capacity = fleet.capacityAt()
    let earliest =
      switch (asked, capacity) {
      case (let asked?, let capacity?): min(asked, capacity)
      case (let asked?, nil): asked
      case (nil, let capacity?): capacity
      case (nil, nil): now.advanced(bySeconds: defaultWaitSeconds)
      }
    return max(earliest, now.advanced(bySeconds: 1))
  }

  private static func after(_ seconds: Double, from now: Instant) -> Instant {
    now.advanced(byMilliseconds: Int64((seconds * 1000).rounded(.up)))
  }

  private static func checkSeconds(_ seconds: Double?, of verdict: String) throws(Fault) {
    guard let seconds, !(seconds >= 0 && seconds <= longestWaitSeconds) else { return }
    throw Fault(.verdict, "\(verdict): expected 0 to 31622400 seconds, found \(seconds)", code: .invalidSeconds)
  }

  private static var foreign: Fault {
    Fault(.device, "the device does not belong to this fleet", code: .deviceOfAnotherFleet)
  }
}
