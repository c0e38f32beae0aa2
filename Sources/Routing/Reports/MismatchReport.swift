/// Whether each message is on the device that its contact belongs to: the seed's first question.
package struct MismatchReport: Equatable, Sendable {
  /// What a message is counted as; each message is counted as one.
  package enum Part: String, CaseIterable, Sendable {
    /// On the assigned device.
    case match
    /// A policy chose another device and left the assignment as it was.
    case fallback
    /// It was on the assigned device; the assignment changed later.
    case movedSince = "moved since"
    /// The contact belongs to no device.
    case unassigned
    /// Anything else: empty by construction.
    case mismatch
  }

  /// A message that is not on the assigned device.
  package struct Line: Equatable, Sendable {
    /// Never `match`.
    package var part: Part
    /// Whose message it is.
    package var tenant: TenantID
    /// The contact that the message goes to.
    package var contact: ContactID
    /// The external id of the contact's sequence.
    package var sequence: String
    /// The number of the step that the message carries, from 1.
    package var step: Int
    /// Where the message is on its way.
    package var status: MessageStatus
    /// The device that the message is queued on or was sent from; not necessarily `assignedDevice`.
    package var device: DeviceID
    /// Where the contact belongs now; nil while it belongs to no device.
    package var assignedDevice: DeviceID?
    /// Why: the decision's reason, or that of the later assignment.
    package var reason: String
    /// The policy that decided; nil where an operator did.
    package var policy: String?
    /// When the decision queued it; lines are sorted by it.
    package var createdAt: Instant

    /// `assignedDevice` is nil for `unassigned`, `policy` for an operator's move.
    package init(
      part: Part, tenant: TenantID, contact: ContactID, sequence: String, step: Int, status: MessageStatus,
      device: DeviceID, assignedDevice: DeviceID? = nil, reason: String, policy: String? = nil, createdAt: Instant
    ) {
      self.part = part
      self.tenant = tenant
      self.contact = contact
      self.sequence = sequence
      self.step = step
      self.status = status
      self.device = device
      self.assignedDevice = assignedDevice
      self.reason = reason
      self.policy = policy
      self.createdAt = createdAt
    }
  }

  /// Messages of each part, in the order of `Part.allCases`; they add up to `total`.
  package var counts: [Part: Int]
  /// Messages looked at.
  package var total: Int
  /// All but the matches, oldest first, as many as were asked for.
  package var lines: [Line]

  /// `counts` must add up to `total`.
  package init(counts: [Part: Int], total: Int, lines: [Line]) {
    self.counts = counts
    self.total = total
    self.lines = lines
  }
}
