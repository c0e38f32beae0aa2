import Routing

/// The canary counts of one batch of decisions.
package struct CanaryCount {
  private let share: ContactShare
  private let tenant: TenantKey
  private let generation: Int64
  /// The last decision before the generation began; nil if unknown.
  private let before: Int64?
  private var tallies = CanaryTallies()

  /// `beginning` reads `after_decision_id` for a tenant and a generation.
  package init(
    _ share: ContactShare, of tenant: TenantKey, in generation: Int64, _ beginning: any SQLStatement
  ) throws {
    (self.share, self.tenant, self.generation) = (share, tenant, generation)
    beginning.bind(1, tenant.raw)
    beginning.bind(2, generation)
    defer { beginning.reset() }
    before = try beginning.step() ? SQLRow(beginning)["after_decision_id"] : nil
  }

  /// `lastDecision` is the contact's decision before this one.
  package mutating func add(_ commit: StepCommit, of contact: Contact, lastDecision: Int64?) {
    guard let decision = commit.decision else { return }
    let side: PolicyLineup.Side = share.contains(contact.id) ? .canary : .live
    tallies[side].decided += 1
    guard isFirst(contact, lastDecision) else { return }
    tallies[side].judged += 1
    if decision.fault != nil { tallies[side].faults += 1 }
    switch decision.outcome {
    case .wait: tallies[side].waiting += 1
    case .use, .move, .skip: break
    }
    if case .queue(_, let device, moves: true, _) = commit, device != contact.assignedKey { tallies[side].moved += 1 }
  }

  /// Whether this is the step's first decision in this generation.
  package func isFirst(_ contact: Contact, _ lastDecision: Int64?) -> Bool {
    if contact.attempts == 0 { return true }
    guard let before else { return false }
    return (lastDecision ?? 0) <= before
  }

  /// Adds the counts to the generation's row, in the batch's transaction.
  package func write(to db: any SQLConnection) throws {
    try CanaryTallyRows(db).add(tallies, of: tenant, in: generation)
  }
}
