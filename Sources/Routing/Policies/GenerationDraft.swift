/// A generation that is to begin.
package struct GenerationDraft: Equatable, Sendable {
  /// A trial that begins with this generation has the share `ContactShare.beginning(after:partsPerMillion:)`.
  package var lineup: PolicyLineup
  /// The tenant's own parameters, over which the live revisions were made; nil when they are not known.
  package var parameters: [Parameter]?
  /// Who begins it, when and why, for the record.
  package var change: PolicyChange
  /// Texts of files that were taken with it: of each policy named, no other counts as dealt with any more.
  package var texts: [PolicyText]
  /// Texts that it turns down: a file that holds one of them is held.
  package var rolledBack: [PolicyText]
  /// Texts that an operator makes decide, whatever the files hold: no file counts as having held them until one is seen.
  package var activated: [PolicyText]

  /// No texts unless given, as when no file is behind the change.
  package init(
    lineup: PolicyLineup, parameters: [Parameter]?, change: PolicyChange, texts: [PolicyText] = [],
    rolledBack: [PolicyText] = [], activated: [PolicyText] = []
  ) {
    (self.lineup, self.parameters, self.change, self.texts) = (lineup, parameters, change, texts)
    (self.rolledBack, self.activated) = (rolledBack, activated)
  }
}

/// A generation that files, or the tenant's row, call for: the program begins it, at a time that the cycle knows.
package struct GenerationProposal: Equatable, Sendable {
  /// What will decide, in all roles.
  package var lineup: PolicyLineup
  /// The tenant's own parameters, over which the live revisions were made; nil when they are not known.
  package var parameters: [Parameter]?
  /// What history calls the change, such as `edit` for a changed file.
  package var action: PolicyChange.Action
  /// Where the policies come from, as history shows it.
  package var origin: String
  /// Texts of files that are taken with it.
  package var texts: [PolicyText]

  /// Has no time and no author: `draft(at:)` adds them.
  package init(
    lineup: PolicyLineup, parameters: [Parameter]?, action: PolicyChange.Action, origin: String, texts: [PolicyText]
  ) {
    (self.lineup, self.parameters, self.action) = (lineup, parameters, action)
    (self.origin, self.texts) = (origin, texts)
  }

  /// What begins at `now`, with the program as its author.
  package func draft(at now: Instant) -> GenerationDraft {
    let change = PolicyChange(at: now, actor: PolicyChange.program, action: action, origin: origin)
    return GenerationDraft(lineup: lineup, parameters: parameters, change: change, texts: texts)
  }
}

/// The text that a policy's file held when it was dealt with.
package struct PolicyText: Hashable, Sendable {
  /// The policy's name as the tenant lists it.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits.
  package var digest: String

  /// `digest` is over the file's bytes, not over the revision.
  package init(policy: String, digest: String) { (self.policy, self.digest) = (policy, digest) }
}

/// Which generations are the last ones, of tenants whose policies changed.
package struct PolicyGenerations: Equatable, Sendable {
  /// The last change that was looked at.
  package var seen: Int64
  /// The last generation of each tenant that has one after the change asked about.
  package var last: [TenantKey: Int64]

  /// `seen` must cover every change in `last`.
  package init(seen: Int64, last: [TenantKey: Int64]) { (self.seen, self.last) = (seen, last) }
}
