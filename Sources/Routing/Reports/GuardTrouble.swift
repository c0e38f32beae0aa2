/// Why a guard does not decide for a tenant as its file says.
package struct GuardTrouble: Equatable, Sendable {
  package enum State: String, Sendable { case refused, suspended, held }

  package var `guard`: String
  package var tenant: TenantID
  package var state: State
  package var reason: String

  package init(guard name: String, tenant: TenantID, state: State, reason: String) {
    (self.guard, self.tenant, self.state, self.reason) = (name, tenant, state, reason)
  }

  /// `refused: line 1: …`
  package var text: String { "\(state.rawValue): \(reason)" }
}
