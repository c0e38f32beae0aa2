/// A generation about to begin.
package struct GenerationDraft: Equatable, Sendable {
  /// A canary or shadow that begins with this generation has the share `ContactShare.beginning(after:partsPerMillion:)`.
  package var lineup: PolicyLineup
  /// The tenant's own parameters, from which the live revisions were built; nil if unknown.
  package var parameters: [Parameter]?
  /// Who begins it, when and why, for the record.
  package var change: PolicyChange
  /// The sources accepted with it. For each policy named here, they replace all sources recorded before.
  package var texts: [PolicyText]
  /// The sources that it rejects: a file with such a source is held.
  package var rolledBack: [PolicyText]
  /// The sources that an operator activates regardless of the files. They are no longer recorded as seen in a file, until
  /// a cycle sees one again.
  package var activated: [PolicyText]

  /// Without sources by default, as when no file caused the change.
  package init(
    lineup: PolicyLineup, parameters: [Parameter]?, change: PolicyChange, texts: [PolicyText] = [],
    rolledBack: [PolicyText] = [], activated: [PolicyText] = []
  ) {
    (self.lineup, self.parameters, self.change, self.texts) = (lineup, parameters, change, texts)
    (self.rolledBack, self.activated) = (rolledBack, activated)
  }
}

/// A generation that changed files or a changed tenant row require. The cycle that begins it adds the time.
package struct GenerationProposal: Equatable, Sendable {
  /// The policies in all roles.
  package var lineup: PolicyLineup
  /// The tenant's own parameters, from which the live revisions were built; nil if unknown.
  package var parameters: [Parameter]?
  /// The action shown in the history, such as `edit` for a changed file.
  package var action: PolicyChange.Action
  /// Where the policies come from, as shown in the history.
  package var origin: String
  /// The sources accepted with it.
  package var texts: [PolicyText]

  /// Has no time and no author; `draft(at:)` adds them.
  package init(
    lineup: PolicyLineup, parameters: [Parameter]?, action: PolicyChange.Action, origin: String, texts: [PolicyText]
  ) {
    (self.lineup, self.parameters, self.action) = (lineup, parameters, action)
    (self.origin, self.texts) = (origin, texts)
  }

  /// The draft that begins at `now`, with the program as its author.
  package func draft(at now: Instant) -> GenerationDraft {
    let change = PolicyChange(at: now, actor: PolicyChange.program, action: action, origin: origin)
    return GenerationDraft(lineup: lineup, parameters: parameters, change: change, texts: texts)
  }
}

/// The source of a policy's file at the time it was accepted or held.
package struct PolicyText: Hashable, Sendable {
  /// The policy's name in the tenant's list.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits.
  package var digest: String

  /// `digest` is the hash of the file's bytes, not the revision's digest.
  package init(policy: String, digest: String) { (self.policy, self.digest) = (policy, digest) }
}

/// The latest generations of the tenants whose policies changed.
package struct PolicyGenerations: Equatable, Sendable {
  /// The latest change that was read.
  package var seen: Int64
  /// For each tenant with a generation after the given change, its latest one.
  package var last: [TenantKey: Int64]

  /// `seen` must cover every change in `last`.
  package init(seen: Int64, last: [TenantKey: Int64]) { (self.seen, self.last) = (seen, last) }
}
