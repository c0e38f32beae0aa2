import Operations
import Policies
import Routing
import Wire

/// Each tenant's live policies, its canary and shadow, and the files that are refused or held.
package struct PolicyListReport: ListedRepresentation {
  private let list: PolicyList

  /// Rows in the order of `list`.
  package init(_ list: PolicyList) { self.list = list }

  /// Repeats the generation, the canary and the shadow of the tenant in each of its rows.
  package var listing: Listing {
    var listing = Listing([
      "tenant", "position", "policy", "revision", "since", "refused", "refused_code", "refused_at", "faults",
      "last_fault", "last_fault_code", "suspended_at", "generation", "action", "by", "reason", "held", "held_code",
      "canary_share", "canary", "shadow_share",
      "shadow", "from", "ranges", "waits", "guard_trouble", "on_fleet_waitlist",
    ])
    for line in list.policies {
      let known = list.tenants[line.tenant]
      let (generation, lineup) = (known?.generation, known?.generation?.lineup)
      listing.add([
        .string(line.tenant.text), JSONValue(line.position), .string(line.policy), JSONValue(line.revision),
        JSONValue(line.since?.rfc3339), JSONValue(line.refusal), line.refusalCode.json,
        JSONValue(line.refusedAt?.rfc3339),
        JSONValue(line.faults), JSONValue(line.lastFault), line.lastFaultCode.json,
        JSONValue(line.suspendedAt?.rfc3339),
        generation.map { .integer($0.number) } ?? .null, JSONValue(generation?.change.action.rawValue),
        JSONValue(generation?.change.actor), JSONValue(generation?.change.reason),
        JSONValue(known.flatMap { PolicyListReport.whyHeld(line, $0) }), line.heldCode.json,
        TrialCells.share(lineup?.canary),
        TrialCells.digests(lineup?.canary), TrialCells.share(lineup?.shadow), TrialCells.digests(lineup?.shadow),
        JSONValue(line.revision == nil ? nil : known?.liveChange?.origin),
        line.revision.flatMap { list.ranges[$0] }.map { ParameterText.json(of: $0) } ?? .null,
        JSONValue(list.wakes[line.tenant]?.text), JSONValue(guardTrouble(of: line.tenant)),
        JSONValue(list.beyondFilters[line.tenant]),
      ])
    }
    return listing
  }

  /// Without empty columns after the faults, and without the ranges, which `usher policy show` prints.
  package var tableListing: Listing {
    listing.without(["refused_code", "last_fault_code", "held_code", "ranges"]).withoutEmptyColumns(keeping: 7)
  }

  /// The tenant's guards with trouble, in a sentence; nil without any.
  private func guardTrouble(of tenant: TenantID) -> String? {
    let texts = list.guards.filter { $0.tenant == tenant }.map { "\($0.guard) \($0.text)" }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  /// Why the file of a line is not live; nil if it is, as far as the last cycle has checked.
  private static func whyHeld(_ line: PolicyStatus, _ known: KnownPolicies) -> String? {
    guard let reason = line.held ?? (line.isListed ? nil : "the tenant's list was changed") else { return nil }
    guard let change = known.liveChange, change.actor != PolicyChange.program else { return reason }
    let why = change.reason.map { ": \($0)" } ?? ""
    return "\(reason); \(change.action.rawValue) by \(change.actor)\(why)"
  }
}

/// The live policies of each tenant, with some of the keys of `usher policy list`, as `usher top` lists them.
package struct PolicyOverviewReport: ListedRepresentation {
  private let policies: [PolicyStatus]
  private let wakes: [TenantID: Wake]
  private let isPast: Bool

  /// `isPast`: leaves the faults empty, since the store does not record their times.
  package init(_ policies: [PolicyStatus], wakes: [TenantID: Wake] = [:], isPast: Bool = false) {
    (self.policies, self.wakes, self.isPast) = (policies, wakes, isPast)
  }

  /// A row for each policy.
  package var listing: Listing {
    var listing = Listing([
      "tenant", "position", "policy", "revision", "since", "refused", "refused_code", "refused_at", "faults",
      "last_fault", "last_fault_code", "suspended_at", "canary_share", "shadow_share", "held", "held_code",
      "waits",
    ])
    for line in policies {
      listing.add([
        .string(line.tenant.text), JSONValue(line.position), .string(line.policy), JSONValue(line.revision),
        JSONValue(line.since?.rfc3339), JSONValue(line.refusal), line.refusalCode.json,
        JSONValue(line.refusedAt?.rfc3339),
        isPast ? .null : JSONValue(line.faults), JSONValue(line.lastFault), line.lastFaultCode.json,
        JSONValue(line.suspendedAt?.rfc3339),
        JSONValue(line.canaryShare.map(Percent.text)), JSONValue(line.shadowShare.map(Percent.text)),
        JSONValue(line.held), line.heldCode.json, JSONValue(wakes[line.tenant]?.text),
      ])
    }
    return listing
  }
}
