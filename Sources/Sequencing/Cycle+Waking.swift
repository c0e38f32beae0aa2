import Routing

/// What earlier cycles of this process learned about a tenant whose waits are decided again.
struct WakePace {
  /// Milliseconds that a step took in the tenant's last cycle with decisions.
  var perStep: Double?
  /// When the progress was last reported, in the time of the cycles.
  var reportedAt: Instant
}

/// Decides waits again after a change of policies, parameters, guards or devices.
///
/// A cycle makes a portion of the waits due, then decides it with everything else that is due. With a budget, a portion
/// takes at most half of the tenant's time, so that steps which become due meanwhile are decided too. What is woken is due
/// in the store: a process that dies loses nothing.
extension Cycle {
  /// The part of a tenant's time that goes to woken contacts.
  private static let wakeShare = 0.5
  /// The number of waits in a portion without a budget, in the first portion with one, and the least of later ones.
  private static let (wakeMax, wakeFirst, wakeMin) = (16_000, 64, 16)
  /// The time between two reports of the progress, in milliseconds.
  private static let reportEvery: Int64 = 60_000

  /// Reads which tenants have an open wake.
  func findWakes(_ runs: [TenantRun], at now: Instant) throws {
    try store.wakeAfterPauses(at: now, epoch: epoch)
    let open = try store.read { try $0.wakes(onlyOpen: true) }
    for run in runs where !run.isGivenUp { run.wake = open[run.tenant.key] }
  }

  /// Begins a wake for each tenant with a suspension that a probe ended: contacts wait for that. A process that dies before
  /// it leaves them to the ends of their waits.
  func wakeAfterProbes(_ runs: [TenantRun], at now: Instant) throws {
    let ended = runs.filter { $0.watch?.takeEnded() == true && !$0.isGivenUp }
    if ended.isEmpty { return }
    for run in ended { try store.beginWake(of: run.tenant.key, at: now, epoch: epoch) }
    try findWakes(ended, at: now)
  }

  /// Makes the next portion of each tenant's waits due, and reports the wakes that ended. With a budget it stops after half
  /// of the cycle, so that the waits are decided too; the next cycle begins with the tenants that it did not reach.
  func wakeNext(_ runs: [TenantRun], at now: Instant) throws {
    var ended: [Event] = []
    defer { say(ended) }
    let waking = runs.filter { $0.wake != nil && !$0.isGivenUp }
    let last = lastWoken?.raw ?? 0
    lastWoken = nil
    var reached: TenantKey?
    for run in waking.filter({ $0.tenant.key.raw > last }) + waking.filter({ $0.tenant.key.raw <= last }) {
      if let reached, clock.isHalfOver {
        lastWoken = reached
        break
      }
      reached = run.tenant.key
      var left = try portion(of: run, at: now)
      while left > 0, run.wake != nil, !clock.shouldStop() {
        let most = try timeLeft(of: run, part: Cycle.wakeShare, at: now)
        clock.beginTransaction()
        clock.beginTurn(atMost: max(0, most))
        let start = clock.now
        let before = run.wake?.decided ?? 0
        let wake = try store.wakeNext(
          tenant: run.tenant.key, limit: left, at: now, epoch: epoch, isOver: { self.clock.isTurnOver })
        run.spent += clock.now - start
        // A wake that began anew meanwhile counts from zero.
        left -= max(1, (wake?.decided ?? 0) - before)
        if let event = note(wake, of: run) { ended.append(event) }
        if most <= 0 { break }
      }
    }
  }

  /// Returns the event to report if the wake has ended.
  private func note(_ wake: Wake?, of run: TenantRun) -> Event? {
    run.wake = wake
    guard let wake, wake.endedAt != nil else { return nil }
    run.wake = nil
    wakePaces[run.tenant.key] = nil
    return .woken(tenant: run.tenant.id, wake: wake)
  }

  /// The number of waits that can be decided in the tenant's time for them.
  private func portion(of run: TenantRun, at now: Instant) throws -> Int {
    let time = try timeLeft(of: run, part: Cycle.wakeShare, at: now)
    guard time.isFinite else { return Cycle.wakeMax }
    guard let perStep = wakePaces[run.tenant.key]?.perStep, perStep > 0 else { return Cycle.wakeFirst }
    return min(Cycle.wakeMax, max(Cycle.wakeMin, Int(max(0, time) / perStep)))
  }

  /// Learns how fast waking tenants were decided, and reports their progress once a minute. Their next cycle should begin
  /// at once.
  func learnPaces(_ runs: [TenantRun], at now: Instant, counts: inout CycleReport) {
    var progress: [Event] = []
    for run in runs {
      guard let wake = run.wake else { continue }
      counts.isUnfinished = true
      var pace = wakePaces[run.tenant.key] ?? WakePace(reportedAt: now)
      if run.asked > 0 { pace.perStep = run.spent / Double(run.asked) }
      if now.milliseconds - pace.reportedAt.milliseconds >= Cycle.reportEvery {
        progress.append(.woken(tenant: run.tenant.id, wake: wake))
        pace.reportedAt = now
      }
      wakePaces[run.tenant.key] = pace
    }
    say(progress)
  }
}
