import Routing
import Wire

/// Every revision that was live, a canary or a shadow: since when, by whom and why.
package struct PolicyHistoryReport: ListedRepresentation {
  private let activations: [PolicyActivation]

  /// `activations`: in the order of the rows.
  package init(_ activations: [PolicyActivation]) { self.activations = activations }

  /// Includes the counts behind an automatic rollback, as JSON.
  package var listing: Listing { listing(showsEvidence: true) }
  /// Without the counts behind a rollback, which do not fit into a table.
  package var tableListing: Listing { listing(showsEvidence: false).withoutEmptyColumns(keeping: 7) }

  private func listing(showsEvidence: Bool) -> Listing {
    var listing = Listing([
      "tenant", "generation", "position", "policy", "revision", "at", "role", "share", "action", "by", "reason", "from",
      "evidence",
    ])
    for line in activations {
      let change = line.change
      listing.add([
        .string(line.tenant.text), JSONValue(line.generation), JSONValue(line.position), .string(line.policy),
        .string(line.revision), .string(line.at.rfc3339), .string(line.role), JSONValue(line.share.map(Percent.text)),
        .string(change.action.rawValue), .string(change.actor), JSONValue(change.reason), JSONValue(change.origin),
        showsEvidence ? change.evidence?.json ?? .null : .null,
      ])
    }
    return listing
  }
}
