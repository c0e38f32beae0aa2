import Routing

/// The state of a simulation: the rows that a store would hold at this time, as a cycle reads and writes them.
///
/// Applies the changes of `Routing`'s transitions in memory, as the stores do in SQL. Tests run both from the same store
/// and compare them. `@unchecked Sendable`: a simulation runs on one thread.
final class SimulatedStore: CycleStore, StoreSnapshot, @unchecked Sendable {
  /// Enrolments, triggers and existing messages in their current state.
  var states: [TenantState]
  /// The devices of all tenants, one tenant after the other.
  var devices: [SimulatedDevice] = []
  private(set) var firstDevice: [Int] = []
  private let tenantIndices: [TenantKey: Int]
  private(set) var deviceIndices: [DeviceKey: Int] = [:]
  /// Due steps, by tenant.
  var due: [MinHeap<DueEntry>]
  /// One element for each tenant.
  let waitlists: [SimulatedWaitlists]
  /// The waits that each tenant's next cycle decides again; nil for none.
  var openWakes: [WakeScope?]
  /// See `SimulationState`.
  var pausesUntil: Instant
  /// Devices with something to send, by the time at which they can. An entry is stale if its device's `wakesAt` differs.
  var wakes = MinHeap<DueEntry>()
  var lastEnrolment: EnrolmentKey
  var lastMessage: MessageKey
  /// Ids of enrolments created in this simulation, by tenant.
  var takenIDs: [Set<String>]
  var tally: SimulationTally
  /// One element for each tenant, in the order of the tenants.
  var messages: [LeadMessages]
  let zones: any ZoneOffsets
  let sendEveryMilliseconds: Int64
  let start: Instant
  let observe: ((SimulationEvent) -> Void)?

  init(
    _ state: SimulationState, start: Instant, sendEveryMilliseconds: Int64, hours: Int,
    observe: ((SimulationEvent) -> Void)?
  ) {
    states = state.tenants
    (lastEnrolment, lastMessage) = (state.lastEnrolment, state.lastMessage)
    zones = state.zones
    (self.start, self.sendEveryMilliseconds, self.observe) = (start, sendEveryMilliseconds, observe)
    tenantIndices = Dictionary(
      uniqueKeysWithValues: state.tenants.enumerated().map { ($0.element.tenant.key, $0.offset) })
    waitlists = state.tenants.map { _ in SimulatedWaitlists() }
    openWakes = state.tenants.map(\.openWake)
    pausesUntil = state.pausesUntil
    due = Array(repeating: MinHeap(), count: state.tenants.count)
    takenIDs = Array(repeating: [], count: state.tenants.count)
    tally = SimulationTally(hours: hours)
    messages = state.tenants.map { LeadMessages($0.sent) }
    for tenant in states.indices {
      firstDevice.append(devices.count)
      for state in states[tenant].devices {
        deviceIndices[state.device.key] = devices.count
        devices.append(SimulatedDevice(state, tenant: tenant, start: start))
      }
      // From here on `devices` holds the devices' state.
      states[tenant].devices = []
      scheduleWork(of: tenant)
    }
    for index in devices.indices {
      devices[index].notePeak(at: start)
      wake(index, from: start)
    }
  }

  /// Adds a tenant's enrolments and messages to the queues from which they continue.
  private func scheduleWork(of tenant: Int) {
    for (index, enrolment) in states[tenant].enrolments.enumerated() {
      tally.begin(enrolment.status)
      place(index, on: enrolment.waitlist, tenant)
      guard let nextAt = enrolment.nextAt else { continue }
      if states[tenant].sequences[enrolment.sequence].isActive {
        due[tenant].add(DueEntry(at: nextAt, index: index))
      } else if enrolment.status == .waiting {
        tally.frozen += 1
      }
    }
    states[tenant].sent = []
    for message in states[tenant].messages {
      messages[tenant].queue(to: states[tenant].enrolments[message.enrolment].lead.key)
      let device = firstDevice[tenant] + message.device
      let waiting = MessageQueue.Message(
        key: message.key, enrolment: message.enrolment, step: message.step, createdAt: message.createdAt,
        priority: message.priority)
      if message.isBeingSent {
        // It was being sent when the store was read: the gateway accepts it.
        tally.inQueueAtStart += 1
        finish(waiting, tenant: tenant, device: device, at: start)
      } else if states[tenant].sequences[states[tenant].enrolments[message.enrolment].sequence].isActive {
        devices[device].queue.add(waiting)
        tally.inQueueAtStart += 1
      } else {
        devices[device].held += 1
        tally.inQueueAtStart += 1
        tally.frozen += 1
      }
    }
    states[tenant].messages = []
  }

  func index(of tenant: TenantKey) -> Int {
    guard let index = tenantIndices[tenant] else { preconditionFailure("a cycle uses only the tenants it was given") }
    return index
  }

  /// The device at an index of a tenant's fleet.
  func device(_ index: Int?, of tenant: Int) -> SimulatedDevice? { index.map { devices[firstDevice[tenant] + $0] } }

  /// Schedules a device for the time at which it can send.
  func wake(_ index: Int, from now: Instant) {
    guard
      let moment = devices[index].sendsAt(
        from: now, bulkShare: states[devices[index].tenant].tenant.bulkShare)
    else {
      devices[index].wakesAt = nil
      return
    }
    let at = start.rounded(up: moment, toMilliseconds: sendEveryMilliseconds)
    guard devices[index].wakesAt != at else { return }
    devices[index].wakesAt = at
    wakes.add(DueEntry(at: at, index: index))
  }
}

// MARK: - Reading

extension SimulatedStore {
  func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result { try body(self) }

  /// A simulation that fails is discarded, so nothing needs to be rolled back.
  func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result { try body() }

  func tenants() -> [Tenant] { states.map(\.tenant) }

  func fleet(of tenant: Tenant, at now: Instant) -> Fleet {
    let index = index(of: tenant.key)
    let end = index + 1 < firstDevice.count ? firstDevice[index + 1] : devices.count
    let members = devices[firstDevice[index]..<end].map {
      Fleet.Member(device: $0.device, load: $0.load(at: now), sends: $0.sends)
    }
    return Fleet(
      tenant: tenant.id, now: now, members: members, utcOffsetMinutes: zones.minutes(of: tenant.timeZone, at: now),
      bulkShare: tenant.bulkShare)
  }

  func visitDue(tenant: TenantKey, limit: Int, at now: Instant, visit: (DueStep) throws -> Void) throws {
    let index = index(of: tenant)
    let waits = waitlists[index].all().filter { $0.dueAt <= now }.map { Int($0.enrolment.raw) }
    let waiting = waits.filter { states[index].sequences[states[index].enrolments[$0].sequence].isActive }
    let others = due[index].elements.filter { $0.at <= now && waitlists[index].list(of: $0.index) == nil }.sorted()
    for place in (waiting + others.map(\.index)).prefix(limit) {
      if case .due(let step) = content(place, of: index, at: now) { try visit(step) }
    }
  }

  func generation(of tenant: TenantKey) -> PolicyGeneration? { states[index(of: tenant)].generation }
  func generations(after seen: Int64) -> PolicyGenerations { PolicyGenerations(seen: seen, last: [:]) }
  func texts(of tenant: TenantKey) -> [PolicyText] { [] }
  /// A canary is not judged in a simulation: it keeps its share until the end.
  func canaryTallies(of tenant: TenantKey, in generation: Int64) -> CanaryTallies { CanaryTallies() }
  func isPinned() -> Bool { false }

  func streaks(of tenant: TenantKey) -> [PolicyStreak] { states[index(of: tenant)].streaks }
}

// MARK: - Records that only a real store keeps

extension SimulatedStore {
  /// The policies of a simulation are fixed, so no generation begins.
  func begin(_ draft: GenerationDraft, for tenant: TenantKey, after last: Int64, epoch: LeaderEpoch) -> Int64 { last }
  func recordTexts(_ texts: [PolicyText], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) {}
  func recordRefusal(
    _ refusal: String?, code: ReasonCode?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) {}
  func recordStreaks(_ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) {}
}

extension Instant {
  /// The first point at or after `moment` on a grid that begins at this time.
  func rounded(up moment: Instant, toMilliseconds gap: Int64) -> Instant {
    let passed = moment.milliseconds - milliseconds
    return passed <= 0 ? self : advanced(byMilliseconds: (passed + gap - 1) / gap * gap)
  }
}
