import Routing

/// What each device has done, has before it, and can take: the seed's second question.
package struct DeviceReport: Equatable, Sendable {
  /// What adds up over devices.
  package struct Sums: Equatable, Sendable {
    /// Enrolments that are not over and belong to the device.
    package var openContacts = 0
    package var sentMinute = 0
    package var sentHour = 0
    package var sentDay = 0
    package var queued = 0
    package var inFlight = 0
    package var failuresHour = 0
  }

  package struct Line: Equatable, Sendable {
    package var tenant: TenantID
    package var device: Device
    package var sums: Sums
    /// Messages that fit under every cap; nil without limits.
    package var headroom: Int?
    /// The fullest window's share, 0 to 1.
    package var load: Double
    /// Why it cannot accept more; nil when it can.
    package var unavailableBecause: String?

    /// What is known of the device as it stood then: all of it, unless the report is of the past.
    package var facts = DeviceFacts.all

    package var isAvailable: Bool { unavailableBecause == nil && isAvailabilityKnown }
    /// Whether `unavailableBecause` can be trusted: it follows from the status, the pause and the limits.
    package var isAvailabilityKnown: Bool {
      facts == .all || facts.contains(.status) && device.status != .online
    }
  }

  /// Every device, retired ones too, by tenant and key.
  package var lines: [Line]
  /// Open contacts that belong to no device, so that all of them are counted.
  package var unassignedContacts: Int
  /// The lines' sums.
  package var total: Sums
  package var availableCount: Int
  /// Whether things have happened since: the report is made from the record.
  package var isPast = false
}
