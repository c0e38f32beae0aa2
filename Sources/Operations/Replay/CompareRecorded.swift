import DryRun
import Policies
import Routing

/// Decides recorded decisions with other policies and compares, as a dry run does. Writes nothing.
package struct CompareRecorded {
  private let filter: RecordFilter
  private let limit: Int
  private let now: Instant
  private let candidate: PolicyArgument

  /// `limit`: the most decisions that are compared; nil is no limit. `now`: the time of the report if the filter has no end.
  package init(_ filter: RecordFilter, limit: Int?, now: Instant, candidate: PolicyArgument) {
    (self.filter, self.limit, self.candidate) = (filter, limit ?? .max, candidate)
    self.now = filter.until ?? now
  }

  /// `progress` gets the number of decisions so far. Throws a `Problem` if the one decision that the filter names is not recorded,
  /// or if a parameter is overridden that no policy declares.
  package func run(on store: any HistoryStore, progress: (Int) -> Void = { _ in }) throws -> DryRunReport {
    let report = try store.readHistory { snapshot in
      try candidate.checkOverrides(of: filter.tenant, in: snapshot)
      return try ReplayComparison(filter, limit: limit, now: now, candidate: candidate.policies)
        .run(on: snapshot, progress: progress)
    }
    if let decision = filter.decision, report.contacts == 0 {
      throw Problem(
        .decisionNotFound, "there is no decision \(decision) among the selected records")
    }
    return report
  }
}
