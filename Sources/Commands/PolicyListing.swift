import Persistence
import Routing
import Wire

/// What decides for each tenant, as `usher policy list` and `usher top` list it.
enum PolicyListing {
  static func listing(_ standings: [PolicyStanding]) -> Listing {
    var listing = Listing([
      "tenant", "position", "policy", "revision", "since", "refused", "refused_at", "faults", "last_fault",
      "suspended_at",
    ])
    for line in standings {
      listing.add([
        .string(line.tenant.text), JSONValue(line.position), .string(line.policy), JSONValue(line.revision),
        JSONValue(line.since?.rfc3339), JSONValue(line.refusal), JSONValue(line.refusedAt?.rfc3339),
        JSONValue(line.faults), JSONValue(line.lastFault), JSONValue(line.suspendedAt?.rfc3339),
      ])
    }
    return listing
  }
}
