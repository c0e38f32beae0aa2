/// Why a guard does not act for a tenant as its file says.
package struct GuardTrouble: Equatable, Sendable {
  /// The file failed its check, the guard failed for too many contacts or for some, or another version of the file is in
  /// use.
  package enum State: String, Sendable { case refused, suspended, failing, held }

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
  /// For a suspended or failing guard: the number of contacts that it failed for, of its last 100 answers for different
  /// contacts. Otherwise 0.
  package var contacts = 0

  /// `name` has no folder.
  package init(guard name: String, tenant: TenantID, state: State, reason: String, code: ReasonCode? = nil) {
    (self.guard, self.tenant, self.state, self.reason, self.code) = (name, tenant, state, reason, code)
  }

  /// Such as `refused: line 1: …`, or `failed for 2 contacts, last with: …`.
  package var text: String {
    guard state == .failing else { return "\(state.rawValue): \(reason)" }
    return "failed for \(contacts) contact\(contacts == 1 ? "" : "s"), last with: \(reason)"
  }
}
