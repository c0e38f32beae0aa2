/// What each device has done, has before it, and can take: the seed's second question.
package struct DeviceReport: Equatable, Sendable {
  /// What adds up over devices.
  package struct Sums: Equatable, Sendable {
    /// Enrolments that are not over and belong to the device.
    package var openContacts = 0
    /// Sends in the last 60 seconds.
    package var sentMinute = 0
    /// Sends in the last 60 minutes.
    package var sentHour = 0
    /// Sends in the last 24 hours.
    package var sentDay = 0
    /// Messages that wait for the device.
    package var queued = 0
    /// Messages that are being sent.
    package var inFlight = 0
    /// Attempts that failed in the last 60 minutes.
    package var failuresHour = 0

    /// Zeros unless given.
    package init(
      openContacts: Int = 0, sentMinute: Int = 0, sentHour: Int = 0, sentDay: Int = 0, queued: Int = 0,
      inFlight: Int = 0, failuresHour: Int = 0
    ) {
      self.openContacts = openContacts
      self.sentMinute = sentMinute
      self.sentHour = sentHour
      self.sentDay = sentDay
      self.queued = queued
      self.inFlight = inFlight
      self.failuresHour = failuresHour
    }
  }

  /// One device with its counts at the report's moment.
  package struct Line: Equatable, Sendable {
    /// Whose device it is.
    package var tenant: TenantID
    /// Its setup, as far as `facts` reach.
    package var device: Device
    /// Its counts; always known.
    package var sums: Sums
    /// Messages that fit under every cap; nil without limits.
    package var headroom: Int?
    /// The fullest window's share, 0 to 1.
    package var load: Double
    /// Why it cannot accept more; nil when it can.
    package var unavailableBecause: String?

    /// What is known of the device as it stood then: all of it, unless the report is of the past.
    package var facts = DeviceFacts.all

    /// Available and wholly known unless given.
    package init(
      tenant: TenantID, device: Device, sums: Sums, headroom: Int? = nil, load: Double,
      unavailableBecause: String? = nil, facts: DeviceFacts = .all
    ) {
      self.tenant = tenant
      self.device = device
      self.sums = sums
      self.headroom = headroom
      self.load = load
      self.unavailableBecause = unavailableBecause
      self.facts = facts
    }

    /// Whether it can accept more; false also where that is not known.
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
  /// Lines with `isAvailable`.
  package var availableCount: Int
  /// Whether things have happened since: the report is made from the record.
  package var isPast = false

  /// `total` and `availableCount` must follow from `lines`.
  package init(lines: [Line], unassignedContacts: Int, total: Sums, availableCount: Int, isPast: Bool = false) {
    self.lines = lines
    self.unassignedContacts = unassignedContacts
    self.total = total
    self.availableCount = availableCount
    self.isPast = isPast
  }
}
