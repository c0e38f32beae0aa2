import Routing
import Wire

/// Checks that a named tenant exists.
package enum TenantLookup {
  /// Throws a `Problem` with the code `tenantNotFound` and the nearest id if `all` has no such tenant.
  package static func expect(_ tenant: TenantID, among all: [TenantID]) throws {
    guard !all.contains(tenant) else { return }
    throw problem(tenant, nearest: EditDistance.nearest(to: tenant.text, among: all.map(\.text)))
  }

  /// Throws a `Problem` with the code `tenantNotFound` and the nearest id if the store has no such tenant. Costs a look-up
  /// for a tenant that exists.
  package static func expect(_ tenant: TenantID, in store: any Store) throws {
    guard try !store.has(.tenant, tenant.text, of: nil) else { return }
    try expect(tenant, among: store.read { try $0.tenants().map(\.id) })
  }

  private static func problem(_ tenant: TenantID, nearest: String?) -> Problem {
    Problem(
      .tenantNotFound,
      "there is no tenant '\(tenant)' in the store" + (nearest.map { "; the nearest is '\($0)'" } ?? ""))
  }
}
