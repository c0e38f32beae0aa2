/// The exact contents of a policy in use.
package struct PolicyRevision: Equatable, Sendable {
  /// The policy's name in the tenant's list.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits, over source and parameters; 0.1.0 included the engine.
  package var digest: String
  /// The Lua source, byte for byte as in the file.
  package var source: String
  /// The parameter values in effect: the policy's defaults overridden by the tenant's values, sorted by name.
  package var parameters: [Parameter]

  /// `digest` must match the other values; it is not computed here.
  package init(policy: String, digest: String, source: String, parameters: [Parameter]) {
    self.policy = policy
    self.digest = digest
    self.source = source
    self.parameters = parameters
  }
}
