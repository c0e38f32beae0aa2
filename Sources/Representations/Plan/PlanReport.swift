import Operations
import Wire

/// What applying a plan changed: a row for each tenant.
package struct PlanReport: ListedRepresentation {
  private let result: ApplyPlan.Result

  /// The caller prints the files that were written.
  package init(_ result: ApplyPlan.Result) { self.result = result }

  /// In the order of the plan.
  package var listing: Listing {
    var listing = Listing(["tenant", "policies", "policies_before", "params"])
    for change in result.changes {
      listing.add([
        .string(change.tenant.text), .array(change.policies.map { .string($0) }),
        .array(change.policiesBefore.map { .string($0) }), ParameterText.json(of: change.parameters),
      ])
    }
    return listing
  }
}
