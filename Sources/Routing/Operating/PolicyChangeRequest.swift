/// A change of a tenant's live policies, based on the generation that was read. `PolicyStore.apply` writes it, unless a
/// newer generation exists by then.
package struct PolicyChangeRequest: Equatable, Sendable {
  /// The tenant as it was read; only its key and its list are used.
  package var tenant: Tenant
  /// The tenant's latest generation when the request was built; 0 before the first.
  package var last: Int64
  /// The generation to begin.
  package var draft: GenerationDraft
  /// The tenant's new list; nil keeps the current one.
  package var list: [String]?
  /// Replaces all of the tenant's own values; nil keeps them.
  package var parameters: [Parameter]?

  /// Keeps list and parameters unless they are given.
  package init(
    tenant: Tenant, last: Int64, draft: GenerationDraft, list: [String]? = nil, parameters: [Parameter]? = nil
  ) {
    (self.tenant, self.last, self.draft) = (tenant, last, draft)
    (self.list, self.parameters) = (list, parameters)
  }
}
