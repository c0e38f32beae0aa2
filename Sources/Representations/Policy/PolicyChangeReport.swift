import Operations
import Routing
import Wire

/// The changes of tenants' policies, made or only computed: a row for each tenant.
package struct PolicyChangeReport: ListedRepresentation {
  private let changes: [PolicyChangeResult]

  /// `changes` in the order of the rows; none gives no rows.
  package init(_ changes: [PolicyChangeResult]) { self.changes = changes }

  /// The generation is null for a change that was not written.
  package var listing: Listing {
    var listing = Listing([
      "tenant", "generation", "action", "policies", "revisions", "canary_share", "canary", "shadow_share", "shadow",
    ])
    for change in changes {
      let (request, lineup) = (change.request, change.request.draft.lineup)
      listing.add([
        .string(request.tenant.id.text), change.generation.map { .integer($0) } ?? .null,
        .string(request.draft.change.action.rawValue), .array(lineup.live.map { .string($0.policy) }),
        TrialCells.digests(lineup.live), TrialCells.share(lineup.canary), TrialCells.digests(lineup.canary),
        TrialCells.share(lineup.shadow), TrialCells.digests(lineup.shadow),
      ])
    }
    return listing
  }
}

/// A canary or a shadow as cells.
enum TrialCells {
  /// `10%`; null if none runs.
  static func share(_ trial: PolicyTrial?) -> JSONValue {
    JSONValue(trial.map { Percent.text($0.share.partsPerMillion) })
  }

  /// The digests in order of evaluation; null if none runs.
  static func digests(_ trial: PolicyTrial?) -> JSONValue { trial.map { digests($0.revisions) } ?? .null }

  /// In their order.
  static func digests(_ revisions: [PolicyRevision]) -> JSONValue { .array(revisions.map { .string($0.digest) }) }
}
