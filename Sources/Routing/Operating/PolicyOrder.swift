/// A change of what decides for a tenant, as an operator's command gives it.
package struct PolicyOrder: Equatable, Sendable {
  /// As it was read; its key and its list matter.
  package var tenant: Tenant
  /// The tenant's last generation as the order was made from it; 0 before the first.
  package var last: Int64
  /// The generation that is to begin.
  package var draft: GenerationDraft
  /// The tenant's list and parameters from now on; nil leaves them.
  package var list: [String]?
  /// Replaces all of the tenant's own values; nil leaves them.
  package var parameters: [Parameter]?

  /// Leaves list and parameters unless they are given.
  package init(
    tenant: Tenant, last: Int64, draft: GenerationDraft, list: [String]? = nil, parameters: [Parameter]? = nil
  ) {
    (self.tenant, self.last, self.draft) = (tenant, last, draft)
    (self.list, self.parameters) = (list, parameters)
  }
}
