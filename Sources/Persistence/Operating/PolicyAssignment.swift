import Routing

/// What a tenant's row says of its policies from now on.
package struct PolicyAssignment: Equatable, Sendable {
  package var tenant: TenantID
  package var policies: [String]
  package var parameters: [Parameter]

  package init(tenant: TenantID, policies: [String], parameters: [Parameter]) {
    (self.tenant, self.policies, self.parameters) = (tenant, policies, parameters)
  }
}
