import ArgumentParser
import Operations
import Policies
import Representations
import Routing
import Wire

struct PolicyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The policies that decide for each tenant, what is tried, and the files that were not taken.",
    discussion: """
        usher policy list
        usher policy list --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    var listing = Listing([
      "tenant", "position", "policy", "revision", "since", "refused", "refused_at", "faults", "last_fault",
      "suspended_at", "generation", "action", "by", "reason", "held", "canary_share", "canary", "shadow_share",
      "shadow", "from",
    ])
    let store = try store.openToRead()
    let lines = try store.policyStandings()
    let standing = try TenantStandings(store)
    for line in lines {
      let found = standing.all[line.tenant]
      let (generation, lineup) = (found?.generation, found?.generation?.lineup)
      let digests = { (trial: PolicyTrial?) in
        trial.map { JSONValue.array($0.revisions.map { .string($0.digest) }) } ?? .null
      }
      listing.add([
        .string(line.tenant.text), JSONValue(line.position), .string(line.policy), JSONValue(line.revision),
        JSONValue(line.since?.rfc3339), JSONValue(line.refusal), JSONValue(line.refusedAt?.rfc3339),
        JSONValue(line.faults), JSONValue(line.lastFault), JSONValue(line.suspendedAt?.rfc3339),
        generation.map { .integer($0.number) } ?? .null, JSONValue(generation?.change.action.rawValue),
        JSONValue(generation?.change.actor), JSONValue(generation?.change.reason),
        JSONValue(found.flatMap { $0.whyHeld(line) }),
        JSONValue(lineup?.canary.map { Percent.text($0.share.partsPerMillion) }), digests(lineup?.canary),
        JSONValue(lineup?.shadow.map { Percent.text($0.share.partsPerMillion) }), digests(lineup?.shadow),
        JSONValue(line.revision == nil ? nil : found?.liveChange?.origin),
      ])
    }
    let shown = format.format == .table ? listing.withoutEmptyColumns(keeping: 7) : listing
    Talk.put(shown, format.format)
    if standing.isPinned {
      Talk.say("the process that runs, or ran last, is pinned: edited files wait for `usher policy activate`")
    }
    try HoldNotice.say(store)
  }
}

/// What is on record of each tenant's policies, and of the files that are not taken.
private struct TenantStandings {
  private(set) var all: [TenantID: KnownPolicies] = [:]
  let isPinned: Bool

  init(_ store: any Store) throws {
    let (all, isPinned) = try store.read { snapshot in
      (try snapshot.tenants().map { ($0.id, try KnownPolicies(of: $0.key, in: snapshot)) }, try snapshot.isPinned())
    }
    self.isPinned = isPinned
    for (tenant, known) in all { self.all[tenant] = known }
  }
}

extension KnownPolicies {
  /// Why the file of a line is not what decides; nil when it is, as far as a cycle has looked.
  fileprivate func whyHeld(_ line: PolicyStanding) -> String? {
    guard let reason = line.held ?? (line.isListed ? nil : "the tenant's list was changed") else { return nil }
    guard let liveChange, liveChange.actor != PolicyChange.program else { return reason }
    let why = liveChange.reason.map { ": \($0)" } ?? ""
    return "\(reason); \(liveChange.action.rawValue) by \(liveChange.actor)\(why)"
  }
}
