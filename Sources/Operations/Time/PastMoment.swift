import Routing

/// Refuses a past time for operations that decide. The store keeps only the present state of contacts, devices and policies, so
/// such an operation could not decide as it would have then.
package enum PastMoment {
  /// Throws a `Problem` if a cycle decided, or a message left, after `moment`. `tenant` nil: for any tenant. `instead` says what
  /// to do. Reads nothing if `moment` is nil.
  package static func refuse(
    _ moment: Instant?, in store: any Store, of tenant: TenantID?, instead: @autoclosure () -> String
  ) throws {
    guard let moment, let last = try store.lastActivity(of: tenant), moment < last else { return }
    let whose = tenant.map { "tenant '\($0)'" } ?? "this store"
    throw Problem(
      .invalidInput,
      "--at: expected a time not before \(last.rfc3339), when \(whose) last decided or sent, found \(moment.rfc3339); "
        + "the store does not keep earlier states: \(instead())")
  }
}
