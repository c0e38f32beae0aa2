/// New policies for a tenant, and the generation that begins with them.
package struct PolicyAssignment: Equatable, Sendable {
  /// Must exist in the store, or the whole batch is refused.
  package var tenant: TenantID
  /// The policies' names, in evaluation order.
  package var policies: [String]
  /// All of the tenant's own values; values left out are removed.
  package var parameters: [Parameter]
  /// Must keep the tenant's guards and shadow. Nil leaves it to the next cycle to begin a generation.
  package var draft: GenerationDraft?

  /// Without `draft`, the next cycle uses the files as it finds them.
  package init(tenant: TenantID, policies: [String], parameters: [Parameter], draft: GenerationDraft? = nil) {
    (self.tenant, self.policies, self.parameters, self.draft) = (tenant, policies, parameters, draft)
  }
}
