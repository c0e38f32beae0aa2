/// The core's last word on a verdict: what a script chose becomes a decision only here.
package enum Admission {
  /// How long a contact waits after a fault; seconds.
  package static let faultRetrySeconds: Int64 = 60
  /// How long a contact waits when neither the policy nor the fleet says until when; seconds.
  package static let defaultWaitSeconds: Int64 = 300
  /// The longest wait that a policy may ask for: 366 days, in seconds.
  package static let longestWaitSeconds = 366.0 * 86_400

  /// Where a verdict leads.
  ///
  /// A device must be a member of the fleet that was shown, which holds one tenant's devices that are not retired. A
  /// wait ends after the seconds asked for, or earlier when every device is full and the fleet knows when one will have
  /// room; it never ends before the next second, so that a script cannot make the cycle spin.
  package static func resolve(_ verdict: Verdict, fleet: inout Fleet) -> (Resolution, reason: String, Fault?) {
    let now = fleet.now
    switch verdict {
    case .use(let device, let reason):
      guard fleet.members.indices.contains(device) else { return foreign(now) }
      return (.use(device: device), reason, nil)
    case .move(let device, let reason):
      guard fleet.members.indices.contains(device) else { return foreign(now) }
      return (.move(device: device), reason, nil)
    case .skip(let reason):
      return (.skip, reason, nil)
    case .wait(let reason, let seconds):
      if let seconds, !(seconds >= 0 && seconds <= longestWaitSeconds) {
        let fault = Fault(.verdict, "wait: expected 0 to 31622400 seconds, found \(seconds)")
        return (waitAfterFault(now), fault.message, fault)
      }
      return (.wait(until: until(seconds, fleet: &fleet)), reason, nil)
    case .noOpinion:
      return (.wait(until: until(nil, fleet: &fleet)), "no policy had an opinion", nil)
    case .fault(let fault):
      return (waitAfterFault(now), fault.message, fault)
    }
  }

  private static func until(_ seconds: Double?, fleet: inout Fleet) -> Instant {
    let now = fleet.now
    let asked = seconds.map { now.advanced(byMilliseconds: Int64(($0 * 1000).rounded(.up))) }
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

  private static func waitAfterFault(_ now: Instant) -> Resolution {
    .wait(until: now.advanced(bySeconds: faultRetrySeconds))
  }

  private static func foreign(_ now: Instant) -> (Resolution, reason: String, Fault?) {
    let fault = Fault(.device, "the device is not one of this fleet")
    return (waitAfterFault(now), fault.message, fault)
  }
}
