import Routing

/// Decides with a function, without a record.
private final class FunctionDecider: StepDecider {
  private let body: (DueStep) throws -> StepCommit
  let inputs: DecisionInputs? = nil

  init(_ body: @escaping (DueStep) throws -> StepCommit) { self.body = body }

  func prefetch(_ step: DueStep) {}
  func decide(_ step: DueStep) throws -> StepCommit { try body(step) }
}

extension CycleStore {
  /// Decides each due step with `decide`, without a record: the decisions cannot be replayed.
  package func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts {
    try withoutActuallyEscaping(decide) { decide in
      try self.decide(tenant: tenant, limit: limit, at: now, epoch: epoch, with: { FunctionDecider(decide) }).counts
    }
  }
}
