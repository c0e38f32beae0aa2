/// Why storage could not do what was asked.
package enum StoreError: Error, Equatable, Sendable {
  /// Another process became the leader; this one must stop.
  case leadershipLost
  /// The lock file of the store is no longer the one that this process has locked, so another may run on the store; this
  /// one must stop. The text says what was found.
  case lockLost(String)
  /// Another process changed what decides for the tenant: nothing of the batch was written.
  case generationPassed
  /// The file cannot be used; the text says what was expected, what was found and what to do.
  case unusable(String)
  /// A row was not in the state that the operation promised (I-36); nothing of it was written.
  case conflict(String)
}
