import Operations
import Routing
import Wire

/// The tenant that a command names.
enum TenantLookup {
  /// Throws a `Problem` with the nearest name when `all` has no such tenant.
  static func expect(_ tenant: TenantID, among all: [TenantID]) throws {
    guard !all.contains(tenant) else { return }
    throw problem(tenant, nearest: EditDistance.nearest(to: tenant.text, among: all.map(\.text)))
  }

  /// The same for a store.
  static func expect(_ tenant: TenantID, in store: any Store) throws {
    guard try !store.has(.tenant, tenant.text, of: nil) else { return }
    try expect(tenant, among: store.read { try $0.tenants().map(\.id) })
  }

  private static func problem(_ tenant: TenantID, nearest: String?) -> Problem {
    Problem(
      .tenantNotFound,
      "there is no tenant '\(tenant)' in the store" + (nearest.map { "; the nearest is '\($0)'" } ?? ""))
  }
}
