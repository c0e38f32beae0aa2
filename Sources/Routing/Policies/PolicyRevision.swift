/// What a policy consisted of when it decided.
package struct PolicyRevision: Equatable, Sendable {
  /// The policy's name as the tenant lists it.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits, over engine, source and parameters.
  package var digest: String
  package var source: String
  /// The values the policy read: its own defaults with the tenant's on top, sorted by name.
  package var parameters: [Parameter]

  package init(policy: String, digest: String, source: String, parameters: [Parameter]) {
    self.policy = policy
    self.digest = digest
    self.source = source
    self.parameters = parameters
  }
}
