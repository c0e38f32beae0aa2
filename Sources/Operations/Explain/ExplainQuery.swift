import DryRun
import Policies
import Routing

/// Explains why one contact goes to a device or waits. Writes nothing.
package struct ExplainQuery {
  /// Nil if the contact's name is enough.
  package var tenant: TenantID?
  /// A contact's id, a lead's id or a phone number; nil for the contact of `decision`.
  package var contact: String?
  /// The number of a recorded decision, to be explained instead of the present.
  package var decision: Int64?
  /// The time as of which to explain; nil for now. Refused if the tenant decided or sent later.
  package var moment: Instant?
  /// Policies to evaluate instead of the active ones, in this order; empty for the active ones.
  package var candidates: [PolicyCatalog.Entry]

  /// Either a contact or a decision has to be given.
  package init(
    tenant: TenantID? = nil, contact: String?, decision: Int64? = nil, moment: Instant? = nil,
    candidates: [PolicyCatalog.Entry] = []
  ) {
    (self.tenant, self.contact, self.decision) = (tenant, contact, decision)
    (self.moment, self.candidates) = (moment, candidates)
  }

  /// Explains from one snapshot. `catalog` has the policy files of tenants whose lists no cycle has loaded yet.
  ///
  /// Throws what `Explain.run` throws, and a `Problem` for a moment before the last cycle.
  package func run(_ store: any Store, catalog: PolicyCatalog, at now: Instant) throws -> ContactExplanation {
    let options = Explain.Options(
      tenant: tenant, contact: contact, decision: decision, now: moment ?? now, holds: try store.holds())
    let explanation = try store.readHistory { snapshot in
      try Explain(options: options) { tenant in
        candidates.isEmpty
          ? try ActivePolicies.lineup(of: tenant, in: snapshot, catalog: catalog)
          : CompiledLineup(
            live: candidates.map { CompiledPolicy.orBroken($0, parameters: tenant.parameters) },
            guards: try ActivePolicies.guards(of: tenant, in: snapshot, catalog: catalog))
      }.run(on: snapshot)
    }
    try PastMoment.refuse(
      moment, in: store, of: explanation.tenant.id, instead: Self.advice(explanation, until: options.now))
    return explanation
  }

  private static func advice(_ explanation: ContactExplanation, until moment: Instant) -> String {
    let contact = explanation.contact
    return contact.decisions.first { $0.at <= moment }.map {
      "`usher explain --decision \($0.number)` explains the last decision about \(contact.id) up to that time"
    } ?? "no decision about \(contact.id) was recorded up to that time"
  }
}
