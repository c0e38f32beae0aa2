/// Why a guard does not act for a tenant as its file says.
package struct GuardTrouble: Equatable, Sendable {
  /// The file failed its check, the guard failed for too many contacts, or another version of the file is in use.
  package enum State: String, Sendable { case refused, suspended, held }

  /// The file's name without folder and extension: `quiet_hours`.
  package var `guard`: String
  /// The tenant concerned.
  package var tenant: TenantID
  /// The kind of problem. A guard with several problems is listed once for each.
  package var state: State
  /// The problem, the last fault, or why the file is held.
  package var reason: String
  /// The code of the reason; nil if a script wrote it.
  package var code: ReasonCode?

  /// `name` has no folder.
  package init(guard name: String, tenant: TenantID, state: State, reason: String, code: ReasonCode? = nil) {
    (self.guard, self.tenant, self.state, self.reason, self.code) = (name, tenant, state, reason, code)
  }

  /// Such as `refused: line 1: …`.
  package var text: String { "\(state.rawValue): \(reason)" }
}
