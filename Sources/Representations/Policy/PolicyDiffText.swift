import Routing

/// The differences between two revisions, line by line: source and parameters.
package struct PolicyDiffText {
  /// A unified diff of the sources, then one of the parameters; empty if nothing differs.
  package let text: String

  /// From one revision to another, of the same policy or of two.
  package init(_ before: PolicyRevision, _ after: PolicyRevision) {
    let digests = ShortDigests(telling: [before.digest, after.digest])
    let title = { (revision: PolicyRevision) in "\(revision.policy).lua\t\(digests.shortening(revision.digest))" }
    let source = { (revision: PolicyRevision) in
      revision.source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    let parametersTitle = { (revision: PolicyRevision) in "parameters\t\(digests.shortening(revision.digest))" }
    let parameters = { (revision: PolicyRevision) in revision.parameters.map { ParameterText.text(of: $0) } }
    text =
      UnifiedDiff(source(before), source(after)).text(title(before), title(after))
      + UnifiedDiff(parameters(before), parameters(after)).text(parametersTitle(before), parametersTitle(after))
  }

  /// Whether the revisions have the same text and the same parameters.
  package var isEmpty: Bool { text.isEmpty }
}
