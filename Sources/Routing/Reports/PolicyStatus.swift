/// A policy of a tenant's list: what decides, and what was refused.
package struct PolicyStatus: Equatable, Sendable {
  /// Whose list it stands in.
  package var tenant: TenantID
  /// From 1, in the order in which policies are asked.
  package var position: Int
  /// As the tenant lists it.
  package var policy: String
  /// Nil until a cycle has taken the policy.
  package var revision: String?
  /// Since when it decides, in its place of the list, without another in between.
  package var since: Instant?
  /// Why the file as it is now was not taken; nil when it was.
  package var refusal: String?
  /// When the file was refused; nil with `refusal`.
  package var refusedAt: Instant?
  /// Faults in a row since the last decision without one.
  package var faults: Int
  /// The reason of the last of them; nil when there are none.
  package var lastFault: String?
  /// Since when the policy is suspended; nil while it is asked.
  package var suspendedAt: Instant?
  /// The share of the contacts that a canary decides for, in parts of a million; nil where none runs.
  package var canaryShare: Int?
  /// The share that a shadow is compared on, likewise.
  package var shadowShare: Int?
  /// Why the file, though it passes, is not what decides; nil when it is, as far as a cycle has looked.
  package var held: String?
  /// False for a policy that decides and is not in this place of the tenant's list, which was changed since.
  package var isListed = true

  /// Defaults describe a listed policy without troubles and trials.
  package init(
    tenant: TenantID, position: Int, policy: String, revision: String? = nil, since: Instant? = nil,
    refusal: String? = nil, refusedAt: Instant? = nil, faults: Int, lastFault: String? = nil,
    suspendedAt: Instant? = nil, canaryShare: Int? = nil, shadowShare: Int? = nil, held: String? = nil,
    isListed: Bool = true
  ) {
    self.tenant = tenant
    self.position = position
    self.policy = policy
    self.revision = revision
    self.since = since
    self.refusal = refusal
    self.refusedAt = refusedAt
    self.faults = faults
    self.lastFault = lastFault
    self.suspendedAt = suspendedAt
    self.canaryShare = canaryShare
    self.shadowShare = shadowShare
    self.held = held
    self.isListed = isListed
  }
}
