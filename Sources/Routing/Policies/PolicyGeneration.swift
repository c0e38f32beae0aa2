/// A tenant's policies from a moment on: their line-up, and how it came to it.
package struct PolicyGeneration: Equatable, Sendable {
  /// Counted up with each change, from 1; decisions name it.
  package var number: Int64
  /// All policies of the generation, by role.
  package var lineup: PolicyLineup
  /// The tenant's own parameters, over which the live revisions were made; nil where they are not on record.
  package var parameters: [Parameter]?
  /// Who began it, when and why.
  package var change: PolicyChange

  /// `number` is the store's: drafts have none.
  package init(number: Int64, lineup: PolicyLineup, parameters: [Parameter]?, change: PolicyChange) {
    (self.number, self.lineup, self.parameters, self.change) = (number, lineup, parameters, change)
  }
}

/// Who changed a tenant's policies, when and why.
package struct PolicyChange: Equatable, Sendable {
  /// What was done; the raw values are those of the schema and of JSON.
  package enum Action: String, Equatable, Sendable, CaseIterable {
    /// A cycle took a file, parameters or a list that changed.
    case edit
    case activate, plan, canary, promote, shadow
    /// A canary or a shadow ended without a verdict on it.
    case stop
    /// Back to what decided before; by `usher` itself when a canary's guard asked for it.
    case rollback
    /// The operator's guards above all policies changed.
    case guards
  }

  /// When it took effect.
  package var at: Instant
  /// A person, or `program`.
  package var actor: String
  /// Decides which of the other fields have a value.
  package var action: Action
  /// The operator's words; nil when none were given, and for what the program did.
  package var reason: String?
  /// Where the policies came from: a file's path, a plan, a revision, a generation.
  package var origin: String?
  /// What an automatic rollback was made on.
  package var evidence: CanaryEvidence?

  /// Who acts when no person does.
  package static let program = "usher"

  /// `evidence` belongs to a `rollback` by the program alone.
  package init(
    at: Instant, actor: String, action: Action, reason: String? = nil, origin: String? = nil,
    evidence: CanaryEvidence? = nil
  ) {
    (self.at, self.actor, self.action) = (at, actor, action)
    (self.reason, self.origin, self.evidence) = (reason, origin, evidence)
  }
}
