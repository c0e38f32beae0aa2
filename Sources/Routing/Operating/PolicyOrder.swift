/// A change of what decides for a tenant, as an operator's command gives it.
package struct PolicyOrder: Equatable, Sendable {
  package var tenant: Tenant
  /// The tenant's last generation as the order was made from it; 0 before the first.
  package var last: Int64
  package var draft: GenerationDraft
  /// The tenant's list and parameters from now on; nil leaves them.
  package var list: [String]?
  package var parameters: [Parameter]?

  package init(
    tenant: Tenant, last: Int64, draft: GenerationDraft, list: [String]? = nil, parameters: [Parameter]? = nil
  ) {
    (self.tenant, self.last, self.draft) = (tenant, last, draft)
    (self.list, self.parameters) = (list, parameters)
  }
}
