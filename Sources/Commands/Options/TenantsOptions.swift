import ArgumentParser
import Operations
import Routing

/// Which tenants a command changes: one, or several with consent.
struct TenantsOptions: ParsableArguments {
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Flag(
    name: .customLong("all-tenants"),
    help: "Allow the command to change several tenants; requires --reason.")
  var allTenants = false

  func validate() throws {
    if tenant != nil, allTenants { throw ValidationError("expected one of --tenant and --all-tenants, found both") }
  }

  var tenantID: TenantID? { tenant.map(TenantID.init(stored:)) }

  /// The scope that operations take.
  var scope: TenantScope { TenantScope(tenant: tenantID, allowsSeveral: allTenants) }
}
