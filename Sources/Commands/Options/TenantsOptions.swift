import ArgumentParser
import Operations
import Routing

/// Whose rows a command changes: one tenant's, or those of all.
struct TenantsOptions: ParsableArguments {
  /// The most tenants that a refusal names.
  private static let namesMax = 10

  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Flag(
    name: .customLong("all-tenants"),
    help: "Change several tenants, with --reason; without it a command that would change more than one is refused.")
  var allTenants = false

  func validate() throws {
    if tenant != nil, allTenants { throw ValidationError("expected one of --tenant and --all-tenants, found both") }
  }

  var tenantID: TenantID? { tenant.map(TenantID.init(stored:)) }

  /// Throws when several tenants would change and nobody said so.
  func expectConsent(toChange tenants: [TenantID], reason: String?) throws {
    guard tenants.count > 1 else { return }
    let names = tenants.prefix(Self.namesMax).map(\.text).joined(separator: ", ")
    let list = tenants.count > Self.namesMax ? "\(names) and \(tenants.count - Self.namesMax) more" : names
    guard allTenants else {
      throw Problem(
        .invalidInput,
        "this would change \(tenants.count) tenants: \(list); nothing was changed. Name one with --tenant, or change "
          + "all of them with --all-tenants --reason TEXT")
    }
    guard reason != nil else {
      throw Problem(
        .invalidInput,
        "--all-tenants: expected --reason TEXT with it, since \(tenants.count) tenants would change: \(list); "
          + "nothing was changed")
    }
  }
}
