/// Recorded decisions and the history of contacts, for explanations, replays and dry runs. No method writes.
package protocol HistoryStore: Sendable {
  /// Reads the record from one consistent snapshot. Must not be nested.
  func readHistory<Result>(_ body: (any StoreHistory) throws -> Result) throws -> Result

  /// Reads from one consistent snapshot. With `keeping`, it also returns, from the same snapshot, the state of one tenant
  /// or of all (nil) that a plan built from the result is later compared with. That costs a walk over devices and
  /// sequences.
  func readWithPlanBasis<Result>(
    of tenant: TenantID?, keeping: Bool, _ body: (any StoreSnapshot) throws -> Result
  ) throws -> (Result, PlanBasis?)

  /// A contact with its messages, attempts and assignments, and its last `decisionLimit` decisions.
  ///
  /// Throws `OperatorError.unknown` for an unknown contact. Costs a walk over the assignments, and a look-up for each
  /// decision.
  func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int) throws -> ContactDetails
}

extension HistoryStore {
  /// Includes the last 50 decisions.
  package func contact(_ id: ContactID, of tenant: TenantID) throws -> ContactDetails {
    try contact(id, of: tenant, decisionLimit: 50)
  }
}
