/// What a policy consisted of when it decided.
package struct PolicyRevision: Equatable, Sendable {
  /// The policy's name as the tenant lists it.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits, over engine, source and parameters.
  package var digest: String
  /// The Lua text, byte for byte as the file held it.
  package var source: String
  /// The values the policy read: its own defaults with the tenant's on top, sorted by name.
  package var parameters: [Parameter]

  /// `digest` must be that of the other values: it is not computed here.
  package init(policy: String, digest: String, source: String, parameters: [Parameter]) {
    self.policy = policy
    self.digest = digest
    self.source = source
    self.parameters = parameters
  }
}
