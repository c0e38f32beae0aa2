/// A change of what decides for a tenant, made from the generation that it read. `PolicyStore.apply` writes it, unless that
/// generation is no longer the last.
package struct PolicyChangeRequest: Equatable, Sendable {
  /// As it was read; its key and its list matter.
  package var tenant: Tenant
  /// The tenant's last generation that the request was made from; 0 before the first.
  package var last: Int64
  /// The generation that is to begin.
  package var draft: GenerationDraft
  /// The tenant's list and parameters from now on; nil leaves them as they are.
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
