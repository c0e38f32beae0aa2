/// The exact contents of a policy in use.
package struct PolicyRevision: Equatable, Sendable {
  /// The policy's name in the tenant's list.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits, over engine version, source and parameters.
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

  /// Whether both have the same source and parameters, whatever their digests and names are.
  ///
  /// 3.0 and 3 are the same parameter, since 0.1.0 recorded both as 3. False for a file that could not be used, which has no
  /// source: only its digest identifies it.
  package func isSame(as other: PolicyRevision) -> Bool {
    if digest == other.digest { return true }
    return !source.isEmpty && source.utf8.elementsEqual(other.source.utf8)
      && parameters.elementsEqual(other.parameters) { $0.name == $1.name && $0.value.isSame(as: $1.value) }
  }
}

extension [PolicyRevision] {
  /// Whether both lists have the same revisions in the same order.
  package func isSame(as other: [PolicyRevision]) -> Bool { elementsEqual(other) { $0.isSame(as: $1) } }
}

extension Scalar {
  fileprivate func isSame(as other: Scalar) -> Bool {
    switch (self, other) {
    case (.integer(let whole), .number(let number)), (.number(let number), .integer(let whole)):
      Double(whole) == number
    default: self == other
    }
  }
}
