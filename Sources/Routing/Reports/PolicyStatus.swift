/// The state of one policy in a tenant's list.
package struct PolicyStatus: Equatable, Sendable {
  /// The tenant that lists the policy.
  package var tenant: TenantID
  /// From 1, in evaluation order.
  package var position: Int
  /// The policy's name in the tenant's list.
  package var policy: String
  /// The live revision; nil until a cycle has accepted the policy.
  package var revision: String?
  /// Since when this revision has been live in this position without interruption.
  package var since: Instant?
  /// Why the current file was refused; nil if it was not.
  package var refusal: String?
  /// The code of the refusal; nil if the file wrote the text.
  package var refusalCode: ReasonCode?
  /// When the file was refused; nil without a refusal.
  package var refusedAt: Instant?
  /// The number of contacts that it failed for, of its last 100 answers for different contacts.
  package var faults: Int
  /// The reason of the last fault; nil without faults.
  package var lastFault: String?
  /// The code of the last fault; nil if the script wrote its message.
  package var lastFaultCode: ReasonCode?
  /// Since when the policy is suspended; nil if it is not.
  package var suspendedAt: Instant?
  /// The share of the contacts that a canary decides for, in parts per million; nil without a canary.
  package var canaryShare: Int?
  /// The share of the contacts that a shadow evaluates, in parts per million; nil without a shadow.
  package var shadowShare: Int?
  /// Why a valid file is not in use; nil if it is in use, or no cycle has checked it.
  package var held: String?
  /// Names why the file is held, for programs; nil when it is not.
  package var heldCode: ReasonCode?
  /// False for a live policy that is no longer at this position of the tenant's list, which has changed since.
  package var isListed = true

  /// By default a listed policy without problems, canary and shadow.
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
