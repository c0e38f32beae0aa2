/// What a tenant's row says of its policies from now on, and the generation that begins with it.
package struct PolicyAssignment: Equatable, Sendable {
  package var tenant: TenantID
  package var policies: [String]
  package var parameters: [Parameter]
  /// Its guards and its shadow are those that the tenant has; nil leaves it to the next cycle to begin one.
  package var draft: GenerationDraft?

  package init(tenant: TenantID, policies: [String], parameters: [Parameter], draft: GenerationDraft? = nil) {
    (self.tenant, self.policies, self.parameters, self.draft) = (tenant, policies, parameters, draft)
  }
}
