import Policies
import Routing

/// Finds two revisions to compare: each is named by the beginning of its digest, or as a file or policy.
package struct DiffRevisions {
  /// The two revisions, in the order in which they are compared.
  package typealias Result = (before: PolicyRevision, after: PolicyRevision)

  private let first: String
  private let second: String?
  private let tenant: TenantID?

  /// `second` nil: the live revision with the name of the first, which is then the later one. `tenant`: whose active policies and
  /// parameters count; nil: those of all tenants, which must agree, and no parameters.
  package init(_ first: String, _ second: String?, tenant: TenantID?) {
    (self.first, self.second, self.tenant) = (first, second, tenant)
  }

  /// Throws a `Problem` for a revision that is not found or not unique, and for a file that cannot be used.
  package func run(on store: any Store, catalog: PolicyCatalog) throws -> Result {
    let tenants = try store.read { snapshot in
      try snapshot.tenants().filter { tenant == nil || $0.id == tenant }.map {
        (tenant: $0, live: try snapshot.generation(of: $0.key)?.lineup.live ?? [])
      }
    }
    if tenants.isEmpty, let tenant { try TenantLookup.expect(tenant, in: store) }
    let parameters = tenant == nil ? [] : tenants.first?.tenant.parameters ?? []
    let one = try named(first, store, catalog, parameters)
    if let second { return (one, try named(second, store, catalog, parameters)) }
    let active = tenants.flatMap { tenant in
      tenant.live.filter { $0.policy == one.policy }.map { (tenant.tenant.id, $0) }
    }
    return (try Self.only(active, named: one.policy), one)
  }

  private func named(
    _ text: String, _ store: any Store, _ catalog: PolicyCatalog, _ parameters: [Parameter]
  ) throws -> PolicyRevision {
    if RevisionLookup.isDigest(text) { return try RevisionLookup.one(text, in: store) }
    let entry = try catalog.entry(fileOrName: text)
    do throws(Fault) {
      return try CompiledPolicy(file: entry.name, source: entry.source, parameters: parameters).revision
    } catch { throw Problem(.invalidPolicy, error.text(in: entry.path ?? entry.name, source: entry.source)) }
  }

  private static func only(_ active: [(TenantID, PolicyRevision)], named policy: String) throws -> PolicyRevision {
    guard let only = active.first else {
      throw Problem(
        .noLivePolicy, "policy '\(policy)' is not live for any tenant: name a second revision to compare with")
    }
    guard active.allSatisfy({ $0.1.isSame(as: only.1) }) else {
      let tenants = active.map { "  \($0.0)  \($0.1.digest)" }.joined(separator: "\n")
      throw Problem(
        .revisionAmbiguous,
        "several revisions of '\(policy)' are live: choose a tenant with --tenant\n\(tenants)")
    }
    return only.1
  }
}
