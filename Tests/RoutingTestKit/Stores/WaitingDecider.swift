import Routing

/// Decides as a function says and reserves what it queues, as a cycle's decider does. Notes whom it asked.
package final class WaitingDecider: StepDecider {
  /// Ids of the contacts that were asked, in order.
  package private(set) var asked: [String] = []
  package let waitlistBudget = WaitlistBudget()
  private let read: DecisionInputs
  private var fleet: Fleet
  private let body: (DueStep, Fleet) throws -> StepCommit

  package init(_ fleet: Fleet, generation: Int64 = 1, _ body: @escaping (DueStep, Fleet) throws -> StepCommit) {
    read = DecisionInputs(fleet: fleet, generation: generation)
    (self.fleet, self.body) = (fleet, body)
  }

  package var inputs: DecisionInputs? { read }

  package func prefetch(_ step: DueStep) {}

  package func capacity(_ position: Int, for priority: Priority) -> Int { fleet.capacity(position, for: priority) }

  package func decide(_ step: DueStep) throws -> StepCommit {
    asked.append(step.contact.id.text)
    let commit = try body(step, fleet)
    if case .queue(_, let key, _, _) = commit, let position = fleet.position(of: key) { fleet.reserve(position) }
    return commit
  }

  /// Queues on the first of the named devices that can accept a message; waits on `waitlist` otherwise.
  package static func choose(
    _ devices: [Int], in fleet: Fleet, orWaitFor waitlist: Waitlist, seconds: Int64 = 86_400, reason: String = "full"
  ) -> StepCommit {
    for position in devices where fleet.capacity(position, for: .normal) > 0 {
      let decision = StoreFixture.decision(.use(device: position), reason: "free")
      return .queue(decision, device: fleet.members[position].device.key, moves: false, content: "Hi")
    }
    return wait(waitlist, until: fleet.now.advanced(bySeconds: seconds), reason: reason)
  }

  /// Joins a waitlist.
  package static func wait(_ waitlist: Waitlist, until: Instant, reason: String = "full") -> StepCommit {
    var decision = StoreFixture.decision(.wait(until: until), reason: reason)
    decision.waitlist = waitlist
    return .wait(decision, until: until)
  }
}

extension StoreFixture {
  /// Runs one cycle's batches of a tenant as of `moment` with a new decider, which it returns.
  @discardableResult
  package func cycle(
    of tenant: TenantKey = TenantKey(1), limit: Int = 1000, at moment: Instant? = nil, epoch: LeaderEpoch? = nil,
    in other: (any Store)? = nil, counts: ((DecisionCounts) -> Void)? = nil,
    _ body: @escaping (DueStep, Fleet) throws -> StepCommit
  ) throws -> WaitingDecider {
    let (moment, store) = (moment ?? now, other ?? store)
    let fleet = try store.read { snapshot in
      let owner = try snapshot.tenants().first { $0.key == tenant }!
      return try snapshot.fleet(of: owner, at: moment)
    }
    let decider = WaitingDecider(fleet, body)
    while true {
      let batch = try store.decide(
        tenant: tenant, limit: limit, at: moment, epoch: epoch ?? self.epoch, with: { decider })
      counts?(batch.counts)
      if batch.asked < limit { return decider }
    }
  }
}
