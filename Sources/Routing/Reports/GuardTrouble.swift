/// Why a guard does not decide for a tenant as its file says.
package struct GuardTrouble: Equatable, Sendable {
  /// Its file failed the check, it failed too often in a row, or its file is not what runs.
  package enum State: String, Sendable { case refused, suspended, held }

  /// Without the folder that its file stands in: `quiet_hours`.
  package var `guard`: String
  /// The tenant for which it does not decide.
  package var tenant: TenantID
  /// Which trouble it is: a guard with several is listed once for each.
  package var state: State
  /// The problem, the last fault, or why it is held.
  package var reason: String

  /// `name` has no folder.
  package init(guard name: String, tenant: TenantID, state: State, reason: String) {
    (self.guard, self.tenant, self.state, self.reason) = (name, tenant, state, reason)
  }

  /// `refused: line 1: …`
  package var text: String { "\(state.rawValue): \(reason)" }
}
