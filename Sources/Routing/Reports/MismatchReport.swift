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
    package var part: Part
    package var tenant: TenantID
    package var contact: ContactID
    package var sequence: String
    package var step: Int
    package var status: MessageStatus
    package var device: DeviceID
    package var assignedDevice: DeviceID?
    /// Why: the decision's reason, or that of the later assignment.
    package var reason: String
    /// The policy that decided; nil where an operator did.
    package var policy: String?
    package var createdAt: Instant

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

  package init(counts: [Part: Int], total: Int, lines: [Line]) {
    self.counts = counts
    self.total = total
    self.lines = lines
  }
}
