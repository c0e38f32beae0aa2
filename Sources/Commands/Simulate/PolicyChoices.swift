import Policies
import Routing
import Sequencing

/// Finds what decides in a simulation: files that were named, or what is active.
struct PolicyChoices {
  /// One side of a comparison.
  struct Side {
    let name: String
    fileprivate let entries: [PolicyCatalog.Entry]
    fileprivate let catalog: PolicyCatalog

    /// New interpreters for one run.
    func policies(of tenant: Tenant, in image: StoreImage) throws -> [CompiledPolicy] {
      if !entries.isEmpty { return try entries.map { try compile($0, for: tenant) } }
      let revisions = image.tenants.first { $0.tenant.key == tenant.key }?.revisions ?? []
      // Before the first cycle: what the tenant's files say.
      if revisions.isEmpty { return PolicyBoard(catalog: catalog).standing(of: tenant, lastGood: { [] }).policies }
      return revisions.map(CompiledPolicy.orBroken)
    }

    private func compile(_ entry: PolicyCatalog.Entry, for tenant: Tenant) throws -> CompiledPolicy {
      do throws(Fault) {
        return try CompiledPolicy(file: entry.name, source: entry.source, parameters: tenant.parameters)
      } catch { throw Problem(error.text(in: entry.path ?? entry.name, source: entry.source)) }
    }
  }

  let catalog: PolicyCatalog

  /// `names` empty: the active revisions.
  func side(_ names: [String]) throws -> Side {
    let entries = try names.map { name throws(Fault) in try catalog.entry(fileOrName: name) }
    let name = names.isEmpty ? "active revisions" : entries.map(\.name).joined(separator: ", ")
    return Side(name: name, entries: entries, catalog: catalog)
  }
}
