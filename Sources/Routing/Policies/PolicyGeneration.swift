/// A tenant's policies from a point in time on: their line-up, and the change that began it.
package struct PolicyGeneration: Equatable, Sendable {
  /// Increases with each change, from 1; decisions refer to it.
  package var number: Int64
  /// All policies of the generation, by role.
  package var lineup: PolicyLineup
  /// The tenant's own parameters, from which the live revisions were built; nil if they were not recorded.
  package var parameters: [Parameter]?
  /// Who began it, when and why.
  package var change: PolicyChange

  /// The store assigns `number`; drafts have none.
  package init(number: Int64, lineup: PolicyLineup, parameters: [Parameter]?, change: PolicyChange) {
    (self.number, self.lineup, self.parameters, self.change) = (number, lineup, parameters, change)
  }
}

/// Who changed a tenant's policies, when and why.
package struct PolicyChange: Equatable, Sendable {
  /// What was done; the raw values are those of the schema and of JSON.
  package enum Action: String, Equatable, Sendable, CaseIterable {
    /// A cycle used a file, parameters or a list that had changed.
    case edit
    case activate, plan, canary, promote, shadow
    /// A canary or a shadow was ended, neither promoted nor rolled back.
    case stop
    /// Back to the previous policies; done by `usher` itself if a canary exceeded a rollback limit.
    case rollback
    /// The operator's guards changed.
    case guards
  }

  /// When it took effect.
  package var at: Instant
  /// A person, or `program`.
  package var actor: String
  /// Determines which of the other properties have a value.
  package var action: Action
  /// The operator's reason; nil if none was given, and for changes by the program.
  package var reason: String?
  /// Where the policies came from: the path of a file, a plan, a revision or a generation.
  package var origin: String?
  /// The counts that led to an automatic rollback.
  package var evidence: CanaryEvidence?

  /// The actor of changes that no person made.
  package static let program = "usher"

  /// `evidence` is only for a `rollback` by the program.
  package init(
    at: Instant, actor: String, action: Action, reason: String? = nil, origin: String? = nil,
    evidence: CanaryEvidence? = nil
  ) {
    (self.at, self.actor, self.action) = (at, actor, action)
    (self.reason, self.origin, self.evidence) = (reason, origin, evidence)
  }
}
