import ArgumentParser
import Operations
import Routing

/// Whose rows a command changes: one tenant's, or those of all.
struct TenantsOptions: ParsableArguments {
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Flag(
    name: .customLong("all-tenants"),
    help: "Change several tenants, with --reason; without it a command that would change more than one is refused.")
  var allTenants = false

  func validate() throws {
    if tenant != nil, allTenants { throw ValidationError("expected one of --tenant and --all-tenants, found both") }
  }

  var tenantID: TenantID? { tenant.map(TenantID.init(stored:)) }

  /// The same without the command line.
  var scope: TenantScope { TenantScope(tenant: tenantID, allowsSeveral: allTenants) }
}
