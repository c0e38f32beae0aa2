/// Why a store could not do what was requested.
package enum StoreError: UsherError, Equatable, Sendable {
  /// Another process has become the leader; this one must stop.
  case leadershipLost
  /// The store's lock file is no longer the one that this process has locked, so another process may run on the store;
  /// this one must stop. The text says what was found.
  case lockLost(String)
  /// Another process changed the tenant's policies; no part of the batch was written.
  case generationPassed
  /// The file cannot be used; the text says what was expected, what was found and what to do.
  case unusable(String)
  /// A row was not in the state that the operation requires (I-36); the operation wrote nothing.
  case conflict(String)

  /// One code per way to recover: start again, retry, or repair the store.
  package var code: ErrorCode {
    switch self {
    case .leadershipLost, .lockLost: .storeTaken
    case .generationPassed: .changedMeanwhile
    case .unusable: .storeUnusable
    case .conflict: .stateConflict
    }
  }

  package var message: String {
    switch self {
    case .leadershipLost:
      "another process took over this store while this one was writing; the last batch was not saved"
    case .generationPassed:
      "another process changed this tenant's policies in the meantime; nothing was written: try again"
    case .lockLost(let text), .unusable(let text), .conflict(let text): text
    }
  }
}
