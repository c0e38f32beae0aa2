/// Policies, guards, canaries and shadows, as operators read and change them.
///
/// Each read uses one consistent snapshot. Each write is one transaction that records who made it. A write needs no epoch
/// and runs alongside the leader, whose next batch detects it (`StoreError.generationPassed`).
package protocol PolicyStore: Sendable {
  /// The live policies of each tenant and the state of their files, by tenant and position. Costs a few look-ups for each
  /// policy.
  func policyStatuses() throws -> [PolicyStatus]

  /// Each revision that became live, a canary or a shadow, by tenant and generation, latest last. With `tenant` nil, of
  /// all tenants. Costs a walk over the activations.
  func policyHistory(tenant: TenantID?) throws -> [PolicyActivation]

  /// A generation of a tenant's policies; nil if it does not exist. Costs a look-up.
  func policyGeneration(_ number: Int64, of tenant: TenantKey) throws -> PolicyGeneration?

  /// Revisions whose digest begins with `text`, with or without `sha256:`. Sorted by digest; at most `limit`. Costs a
  /// look-up.
  func revisions(startingWith text: String, limit: Int) throws -> [PolicyRevision]

  /// The recorded revision with this source and these parameters, with its recorded digest; `revision` itself if none
  /// is recorded. Of several, the one with the same digest, otherwise the latest. Costs a look-up.
  func recorded(_ revision: PolicyRevision) throws -> PolicyRevision

  /// A revision with all its uses; nil if it is not recorded. Costs a walk over the decisions.
  func revision(_ digest: String) throws -> RevisionReport?

  /// The results of the shadow that began in the generation `since`, over all generations in which it ran. Costs a walk
  /// over the rows that it wrote.
  func shadowReport(of tenant: TenantKey, since: Int64) throws -> ShadowReport

  /// The guards in evaluation order, at most 16.
  func guards() throws -> [GuardListing]

  /// Guards that are refused, suspended, failing or held for a tenant, by guard and tenant.
  func guardTroubles() throws -> [GuardTrouble]

  /// Edits the list of guards. `change` edits the list in place and returns the text for the audit; it runs inside the
  /// transaction. An unchanged list is not recorded.
  ///
  /// Rethrows errors of `change`, and throws `OperatorError.refused` for more than 16 guards; then nothing is written.
  func changeGuards(
    actor: Actor, at now: Instant, reason: String?, _ change: (inout [GuardListing]) throws -> String) throws

  /// Begins a generation for each request, all or none, and returns their numbers in the order of `requests`.
  ///
  /// `systemUser` is the user who ran the command, if that is not the actor of the changes. If a tenant's latest
  /// generation is no longer the one that its request is based on, throws `StoreError.generationPassed` and writes
  /// nothing.
  func apply(_ requests: [PolicyChangeRequest], systemUser: String?) throws -> [Int64]

  /// Sets the policy lists and parameters of tenants, all or none, and begins their generations.
  ///
  /// `prepare` receives the state that a plan is compared with, for `tenant` and `decision`. It runs inside the
  /// transaction, before the first write, so that no other process can write between its check and the commit. Rethrows
  /// errors of `prepare`, and throws `OperatorError.unknown` for an unknown tenant; then nothing is written.
  func assignPolicies(
    _ assignments: [PolicyAssignment], basisOf tenant: TenantID?, marking decision: Int64, reason: String?,
    actor: Actor, at now: Instant, prepare: (PlanBasis) throws -> Void) throws
}

extension PolicyStore {
  /// For changes whose actor is the system user.
  package func apply(_ requests: [PolicyChangeRequest]) throws -> [Int64] { try apply(requests, systemUser: nil) }
}
