import Operations
import Routing

/// Refuses a moment in the past to commands that decide: contacts, devices and policies are kept as they are now, and decisions
/// made on them would not be those of then.
enum PastMoment {
  /// `tenant` nil: all of them. `instead` says what to do about a past moment. Throws when a cycle decided, or a message left,
  /// after `moment`.
  static func refuse(
    _ moment: InstantArgument?, in store: any Store, of tenant: TenantID?, instead: @autoclosure () -> String
  ) throws {
    guard let moment = moment?.instant, let last = try store.lastActivity(of: tenant), moment < last else { return }
    let whose = tenant.map { "tenant '\($0)'" } ?? "this store"
    throw Problem(
      .invalidInput,
      "--at: expected a time from \(last.rfc3339) on, when \(whose) last decided or sent, found \(moment.rfc3339); "
        + "the state of then is not in the store: \(instead())")
  }
}
