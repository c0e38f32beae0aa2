import Routing

/// A tenant's policies as of one `refresh`, and what their files would change.
package struct TenantPolicies {
  /// A file that was not accepted.
  package struct Refusal: Equatable, Sendable {
    /// The policy's name in the tenant's list.
    package let policy: String
    /// What is wrong, with the line if it is known.
    package let message: String
    /// The code of the message; nil if the file itself wrote it.
    package let code: ReasonCode?
  }

  /// A file whose source differs from the live policy and that was neither accepted nor refused.
  package struct Held: Equatable, Sendable {
    /// The policy's name in the tenant's list.
    package let policy: String
    /// Why it is held, and how to make it live.
    package let reason: String
    /// The code of the reason.
    package let code: ReasonCode

    /// A reason with its code, before the policy is known.
    typealias Why = (text: String, code: ReasonCode)

    init(policy: String, _ why: Why) { (self.policy, reason, code) = (policy, why.text, why.code) }
  }

  /// All roles, compiled. A refused file leaves the last good revision in its place.
  package let lineup: CompiledLineup
  /// Files that failed their check, did not compile or broke a case; empty if all pass.
  package let refusals: [Refusal]
  /// Files that are held, each with its reason.
  package let held: [Held]
  /// Names of the policies whose new revision this call accepted.
  package let accepted: [String]
  /// The generation to begin when the live revisions differ from the last generation on record; nil if they do not.
  package let proposal: GenerationProposal?
  /// Sources seen this time that the store has not recorded yet; at most one per policy.
  package let texts: [PolicyText]

  /// The live policies in the order in which they are called; never empty.
  package var policies: [CompiledPolicy] { lineup.live }

  /// Every list is empty and nothing is proposed unless given.
  package init(
    lineup: CompiledLineup, refusals: [Refusal] = [], held: [Held] = [], accepted: [String] = [],
    proposal: GenerationProposal? = nil, texts: [PolicyText] = []
  ) {
    (self.lineup, self.refusals, self.accepted, self.proposal) = (lineup, refusals, accepted, proposal)
    (self.held, self.texts) = (held, texts)
  }
}
