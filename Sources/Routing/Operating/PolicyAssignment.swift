/// What a tenant's row says of its policies from now on, and the generation that begins with it.
package struct PolicyAssignment: Equatable, Sendable {
  /// Must be in the store, or the whole batch is refused.
  package var tenant: TenantID
  /// Names, in the order in which they are asked.
  package var policies: [String]
  /// All of the tenant's own values; those left out are gone.
  package var parameters: [Parameter]
  /// Its guards and its shadow are those that the tenant has; nil leaves it to the next cycle to begin one.
  package var draft: GenerationDraft?

  /// Without `draft`, the next cycle takes the files as it finds them.
  package init(tenant: TenantID, policies: [String], parameters: [Parameter], draft: GenerationDraft? = nil) {
    (self.tenant, self.policies, self.parameters, self.draft) = (tenant, policies, parameters, draft)
  }
}
