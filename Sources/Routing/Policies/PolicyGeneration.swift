/// A tenant's policies from a moment on: their line-up, and how it came to it.
package struct PolicyGeneration: Equatable, Sendable {
  /// Counted up with each change, from 1; decisions name it.
  package var number: Int64
  package var lineup: PolicyLineup
  /// The tenant's own parameters, over which the live revisions were made; nil where they are not on record.
  package var parameters: [Parameter]?
  package var change: PolicyChange

  package init(number: Int64, lineup: PolicyLineup, parameters: [Parameter]?, change: PolicyChange) {
    (self.number, self.lineup, self.parameters, self.change) = (number, lineup, parameters, change)
  }
}

/// Who changed a tenant's policies, when and why.
package struct PolicyChange: Equatable, Sendable {
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

  package var at: Instant
  package var actor: String
  package var action: Action
  package var reason: String?
  /// Where the policies came from: a file's path, a plan, a revision, a generation.
  package var origin: String?
  /// What an automatic rollback was made on.
  package var evidence: CanaryEvidence?

  /// Who acts when no person does.
  package static let program = "usher"

  package init(
    at: Instant, actor: String, action: Action, reason: String? = nil, origin: String? = nil,
    evidence: CanaryEvidence? = nil
  ) {
    (self.at, self.actor, self.action) = (at, actor, action)
    (self.reason, self.origin, self.evidence) = (reason, origin, evidence)
  }
}
