import Routing

/// Refuses a moment in the past for operations that decide. The store keeps contacts, devices and policies as they are now, so
/// such an operation could not decide as it would have then.
package enum PastMoment {
  /// Throws a `Problem` if a cycle decided, or a message left, after `moment`. `tenant` nil: for any tenant. `instead` tells
  /// what to do about a past moment. Nothing is read if `moment` is nil.
  package static func refuse(
    _ moment: Instant?, in store: any Store, of tenant: TenantID?, instead: @autoclosure () -> String
  ) throws {
    guard let moment, let last = try store.lastActivity(of: tenant), moment < last else { return }
    let whose = tenant.map { "tenant '\($0)'" } ?? "this store"
    throw Problem(
      .invalidInput,
      "--at: expected a time from \(last.rfc3339) on, when \(whose) last decided or sent, found \(moment.rfc3339); "
        + "the state of then is not in the store: \(instead())")
  }
}
