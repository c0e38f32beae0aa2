import ArgumentParser
import Persistence
import Policies
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
      "shadow",
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
        JSONValue(try line.revision.flatMap { try standing.held(line.tenant, revision: $0) }),
        JSONValue(lineup?.canary.map { Percent.text($0.share.partsPerMillion) }), digests(lineup?.canary),
        JSONValue(lineup?.shadow.map { Percent.text($0.share.partsPerMillion) }), digests(lineup?.shadow),
      ])
    }
    let shown = format.format == .table ? listing.withoutEmptyColumns(keeping: 7) : listing
    Talk.put(shown, format.format)
    if standing.isPinned {
      Talk.say("the process that runs, or ran last, is pinned: edited files wait for `usher policy activate`")
    }
  }
}

/// What is on record of each tenant's policies, and of the files that are not taken.
private struct TenantStandings {
  private(set) var all: [TenantID: KnownPolicies] = [:]
  let isPinned: Bool
  private let store: SQLiteStore
  private var keys: [TenantID: TenantKey] = [:]

  /// How many generations are looked through for who began what decides.
  private static let lookBackMax: Int64 = 1000

  init(_ store: SQLiteStore) throws {
    let (all, isPinned) = try store.read { snapshot in
      (try snapshot.tenants().map { ($0.id, try KnownPolicies(of: $0.key, in: snapshot)) }, try snapshot.isPinned())
    }
    self.isPinned = isPinned
    for (tenant, known) in all { self.all[tenant] = known }
    self.store = store
    for tenant in try store.read({ try $0.tenants() }) { keys[tenant.id] = tenant.key }
  }

  /// The change that made the live policies what they are: later ones were about guards, a canary or a shadow.
  private func origin(_ tenant: TenantID, of generation: PolicyGeneration) throws -> PolicyChange {
    guard let key = keys[tenant] else { return generation.change }
    let live = generation.lineup.live.map(\.digest)
    var first = generation
    while first.number > 1, generation.number - first.number < TenantStandings.lookBackMax,
      let before = try store.policyGeneration(first.number - 1, of: key), before.lineup.live.map(\.digest) == live
    { first = before }
    return first.change
  }

  /// Why the file of a policy is not what decides; nil when it is, as far as a cycle has looked.
  func held(_ tenant: TenantID, revision digest: String) throws -> String? {
    guard let known = all[tenant], let generation = known.generation,
      let revision = generation.lineup.live.first(where: { $0.digest == digest })
    else { return nil }
    let texts = known.texts.filter { $0.policy == revision.policy }
    guard !texts.isEmpty, !texts.contains(PolicyText(of: revision)) else { return nil }
    let change = try origin(tenant, of: generation)
    let why = change.reason.map { ": \($0)" } ?? ""
    return "the file holds another text, which is not taken until it is edited; "
      + "\(change.action.rawValue) by \(change.actor)\(why)"
  }
}
