import Routing
import Sequencing

/// One run through time: at each point incidents, arrivals, a cycle if one is due, then sends.
struct SimulationRun {
  private let options: Simulation.Options
  private var incidents: ArraySlice<PlannedIncident>
  private var streams: [ArrivalStream]
  private let store: SimulatedStore
  private let cycle: Cycle
  private var arrived = 0
  /// The earliest time of the next cycle.
  private var earliestTick: Instant
  /// When the next step is due, and the next trigger; updated whenever either changes.
  private var nextDue: Instant?
  private var nextTrigger: Instant?
  private var samples = 0
  private var emptiedAt: Instant?
  private var drainedAt: Instant?

  init(
    _ options: Simulation.Options, incidents: [PlannedIncident], streams: [ArrivalStream], store: SimulatedStore,
    cycle: Cycle
  ) {
    (self.options, self.incidents, self.streams) = (options, incidents[...], streams)
    (self.store, self.cycle, earliestTick) = (store, cycle, options.start)
  }

  mutating func run(_ name: String, openAtStart: Int, progress: (Int) -> Void) throws -> SimulationReport {
    findDue()
    nextTrigger = store.nextTriggerAt()
    noteBacklog(at: options.start)
    while let now = nextMoment() {
      while now >= nextSampleAt { sample(progress) }
      if now >= options.end { break }
      while let incident = incidents.first, incident.at <= now { apply(incidents.removeFirst(), at: now) }
      arrive(by: now)
      if let tick = nextTick, tick <= now {
        _ = try cycle.run(at: now)
        findDue()
        nextTrigger = store.nextTriggerAt()
      }
      let sent = store.tally.sent
      store.send(at: now, seed: options.seed)
      if store.tally.sent != sent { findDue() }
      noteBacklog(at: now)
      // A step that becomes due through a message sent now is for a later cycle, even if this one had nothing to do.
      earliestTick = now.advanced(byMilliseconds: 1)
    }
    return report(name, openAtStart: openAtStart)
  }

  // MARK: - Times

  private var nextSampleAt: Instant {
    options.start.advanced(byMilliseconds: Int64(samples + 1) * 3_600_000 / Int64(Simulation.samplesPerHour))
  }

  /// A cycle may have contacts to serve as long as some stand on a waitlist, and has waits to decide again after a change or
  /// the end of a pause.
  private var nextTick: Instant? {
    earliest(nextWork, store.nextPauseEnd, store.hasWaitingContacts || store.hasOpenWakes ? earliestTick : nil).map {
      options.start.rounded(up: max($0, earliestTick), toMilliseconds: options.everyMilliseconds)
    }
  }

  /// Nil after the end.
  private func nextMoment() -> Instant? {
    let end = options.end
    let next = earliest(nextTick, store.nextSendAt(), incidents.first?.at, streams.map(\.nextAt).min()) ?? end
    return samples >= options.hours * Simulation.samplesPerHour ? nil : min(max(next, options.start), end)
  }

  private var nextWork: Instant? { earliest(nextDue, nextTrigger) }

  private mutating func findDue() { nextDue = store.due.lazy.compactMap(\.first?.at).min() }

  private func earliest(_ moments: Instant?...) -> Instant? { moments.compactMap(\.self).min() }

  private mutating func apply(_ incident: PlannedIncident, at now: Instant) {
    store.apply(incident, at: now)
    nextTrigger = store.nextTriggerAt()
  }

  private mutating func arrive(by now: Instant) {
    for index in streams.indices {
      while streams[index].nextAt <= now {
        nextTrigger = earliest(nextTrigger, streams[index].nextAt)
        let (tenant, trigger) = streams[index].next(store.states)
        store.states[tenant].triggers.append(trigger)
        arrived += 1
      }
    }
  }

  private mutating func noteBacklog(at now: Instant) {
    guard store.tally.openCount == 0, nextWork.map({ $0 > now }) ?? true else {
      drainedAt = nil
      return
    }
    emptiedAt = emptiedAt ?? now
    drainedAt = drainedAt ?? now
  }

  // MARK: - Samples

  private mutating func sample(_ progress: (Int) -> Void) {
    let now = nextSampleAt
    samples += 1
    var (sum, most, count) = (0.0, 0.0, 0)
    for index in store.devices.indices where store.devices[index].device.status != .retired {
      let device = store.devices[index]
      let load = device.load(at: now)
      let share = load.share(under: device.device.limits)
      (sum, most, count) = (sum + share, max(most, share), count + 1)
      if case .cap = DeviceRefusal.first(for: device.device, load: load, at: now) {
        store.devices[index].figures.samplesAtCap += 1
      }
    }
    store.tally.sample(mean: count == 0 ? 0 : sum / Double(count), max: most)
    guard samples % Simulation.samplesPerHour == 0 else { return }
    store.tally.endHour(inQueueOffline: inQueueOffline)
    progress(samples / Simulation.samplesPerHour)
  }

  private var inQueueOffline: Int {
    store.devices.reduce(0) { $1.device.status == .online ? $0 : $0 + $1.queue.count + $1.held }
  }
}

// MARK: - Report

extension SimulationRun {
  private func report(_ name: String, openAtStart: Int) -> SimulationReport {
    let tally = store.tally
    let totals = SimulationReport.Totals(
      openAtStart: openAtStart, arrivals: arrived, enrolled: tally.enrolled, contacts: tally.contacts,
      decided: tally.decisions.decided, queued: tally.decisions.queued, waits: tally.decisions.waiting,
      skipped: tally.decisions.skipped, stopped: tally.decisions.cancelled, faults: tally.decisions.faults,
      moved: tally.moved,
      fallbacks: tally.fallbacks, sent: tally.sent, messagesCancelled: tally.messagesCancelled,
      inQueueAtStart: tally.inQueueAtStart, scheduled: tally.count(.scheduled), waiting: tally.count(.waiting),
      queuedContacts: tally.count(.queued), completed: tally.count(.completed), failed: tally.count(.failed),
      cancelled: tally.count(.cancelled), inQueue: tally.inQueue, inQueueOffline: inQueueOffline,
      leadsWaiting: store.states.reduce(0) { $0 + $1.triggers.count })
    return SimulationReport(
      policy: name, totals: totals, hours: tally.hours, devices: deviceFigures(), fairness: fairness(),
      waitlists: store.states.indices.flatMap { store.waitlistFigures(of: $0, at: options.end) },
      emptiedAt: emptiedAt, drainedAt: drainedAt)
  }

  private func deviceFigures() -> [SimulationReport.DeviceFigures] {
    var sent = Array(repeating: 0, count: store.states.count)
    for device in store.devices { sent[device.tenant] += device.figures.sent }
    return store.devices.map { device in
      SimulationReport.DeviceFigures(
        tenant: store.states[device.tenant].tenant.id, device: device.device.id, name: device.device.name,
        status: device.device.status, queued: device.figures.queued, sent: device.figures.sent,
        share: sent[device.tenant] == 0 ? 0 : Double(device.figures.sent) / Double(sent[device.tenant]),
        peakLoad: device.figures.peakLoad,
        hoursAtCap: Double(device.figures.samplesAtCap) / Double(Simulation.samplesPerHour),
        waits: device.figures.waits, inQueue: device.queue.count + device.held)
    }
  }

  private func fairness() -> [SimulationReport.Fairness] {
    store.states.indices.map { tenant in
      SimulationReport.Fairness(
        tenant: store.states[tenant].tenant.id,
        sent: store.devices.filter { $0.tenant == tenant && $0.figures.wasOnline }.map(\.figures.sent))
    }
  }
}
