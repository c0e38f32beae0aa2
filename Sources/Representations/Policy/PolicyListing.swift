import Routing
import Wire

/// What decides for each tenant, as `usher top` lists it: with the keys of `usher policy list`.
package enum PolicyListing {
  /// A row for each policy, in the order given. `isPast`: faults, which have no time on record, are left empty.
  package static func listing(_ standings: [PolicyStanding], isPast: Bool = false) -> Listing {
    var listing = Listing([
      "tenant", "position", "policy", "revision", "since", "refused", "refused_at", "faults", "last_fault",
      "suspended_at", "canary_share", "shadow_share", "held",
    ])
    for line in standings {
      listing.add([
        .string(line.tenant.text), JSONValue(line.position), .string(line.policy), JSONValue(line.revision),
        JSONValue(line.since?.rfc3339), JSONValue(line.refusal), JSONValue(line.refusedAt?.rfc3339),
        isPast ? .null : JSONValue(line.faults), JSONValue(line.lastFault), JSONValue(line.suspendedAt?.rfc3339),
        JSONValue(line.canaryShare.map(Percent.text)), JSONValue(line.shadowShare.map(Percent.text)),
        JSONValue(line.held),
      ])
    }
    return listing
  }
}
