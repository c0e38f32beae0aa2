/// Whether each message is on its contact's assigned device.
package struct MismatchReport: Equatable, Sendable {
  /// The class of a message; each message belongs to exactly one.
  package enum Part: String, CaseIterable, Sendable {
    /// On the assigned device.
    case match
    /// A policy chose another device and kept the assignment.
    case fallback
    /// It was on the assigned device; the assignment has changed since.
    case movedSince = "moved since"
    /// The contact has no assigned device.
    case unassigned
    /// Anything else; cannot occur by construction.
    case mismatch
  }

  /// A message that is not on the assigned device.
  package struct Line: Equatable, Sendable {
    /// Never `match`.
    package var part: Part
    /// The message's tenant.
    package var tenant: TenantID
    /// The recipient's contact.
    package var contact: ContactID
    /// The external id of the contact's sequence.
    package var sequence: String
    /// The number of the message's step, from 1.
    package var step: Int
    /// The message's state.
    package var status: MessageStatus
    /// The device that the message is queued on or was sent from; may differ from `assignedDevice`.
    package var device: DeviceID
    /// The contact's device now; nil if none is assigned.
    package var assignedDevice: DeviceID?
    /// The reason of the decision, or of the later assignment.
    package var reason: String
    /// The code of the reason; nil if a script or an operator wrote it.
    package var code: ReasonCode?
    /// The policy that decided; nil for an operator's move.
    package var policy: String?
    /// When the decision queued it; lines are sorted by this time.
    package var createdAt: Instant

    /// `assignedDevice` is nil for `unassigned`, `policy` for an operator's move.
    package init(
      part: Part, tenant: TenantID, contact: ContactID, sequence: String, step: Int, status: MessageStatus,
      device: DeviceID, assignedDevice: DeviceID? = nil, reason: String, code: ReasonCode? = nil, policy: String? = nil,
      createdAt: Instant
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
      self.code = code
      self.policy = policy
      self.createdAt = createdAt
    }
  }

  /// Why the report begins at `since`.
  package enum Window: Equatable, Sendable {
    /// The caller named the time.
    case given
    /// The default: so many hours up to the last message.
    case hours(Int)
    /// The default where more messages than this were made in those hours: the last ones.
    case messages(Int)
  }

  /// Only messages made then or later are counted; nil for all.
  package var since: Instant?
  /// Nil if `since` is nil.
  package var window: Window?
  /// The number of messages of each class, in the order of `Part.allCases`; they add up to `total`.
  package var counts: [Part: Int]
  /// Messages examined.
  package var total: Int
  /// All but the matches, oldest first, at most as many as requested.
  package var lines: [Line]

  /// The sum of `counts` must be `total`.
  package init(counts: [Part: Int], total: Int, lines: [Line]) {
    self.counts = counts
    self.total = total
    self.lines = lines
  }
}
