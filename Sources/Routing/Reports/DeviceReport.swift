/// What each device has sent, what it has queued, and how much it can still take.
package struct DeviceReport: Equatable, Sendable {
  /// The counts that can be added over devices.
  package struct Sums: Equatable, Sendable {
    /// Open enrolments assigned to the device.
    package var openContacts = 0
    /// Sends in the last 60 seconds.
    package var sentMinute = 0
    /// Sends in the last 60 minutes.
    package var sentHour = 0
    /// Sends in the last 24 hours.
    package var sentDay = 0
    /// Messages queued on the device.
    package var queued = 0
    /// Messages being sent.
    package var inFlight = 0
    /// Attempts that failed in the last 60 minutes.
    package var failuresHour = 0

    /// All counts are zero by default.
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

  /// One device with its counts at the time of the report.
  package struct Line: Equatable, Sendable {
    /// The device's tenant.
    package var tenant: TenantID
    /// Its configuration, as far as `facts` says it is known.
    package var device: Device
    /// Its counts, which are always known.
    package var sums: Sums
    /// Messages that fit under every limit; nil without limits.
    package var headroom: Int?
    /// The usage of the fullest window, 0 to 1.
    package var load: Double
    /// Why it cannot accept more; nil if it can.
    package var unavailableBecause: String?

    /// How many contacts stand on the device's own waitlist; nil for a past time.
    package var waiting: Int?
    /// Which facts about the device are known for that time: all of them, unless the report is of the past.
    package var facts = DeviceFacts.all

    /// By default available, with all facts known.
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

    /// Whether it can accept more; false if that is unknown.
    package var isAvailable: Bool { unavailableBecause == nil && isAvailabilityKnown }
    /// Whether `unavailableBecause` is reliable: it depends on status, pause and limits.
    package var isAvailabilityKnown: Bool {
      facts == .all || facts.contains(.status) && device.status != .online
    }
  }

  /// All devices, including retired ones, by tenant and key.
  package var lines: [Line]
  /// Open enrolments without a device, so that the report counts every open enrolment.
  package var unassignedContacts: Int
  /// The totals over all lines.
  package var total: Sums
  /// The number of lines with `isAvailable`.
  package var availableCount: Int
  /// Whether the report describes an earlier time and was built from the record.
  package var isPast = false

  /// `total` and `availableCount` must match `lines`.
  package init(lines: [Line], unassignedContacts: Int, total: Sums, availableCount: Int, isPast: Bool = false) {
    self.lines = lines
    self.unassignedContacts = unassignedContacts
    self.total = total
    self.availableCount = availableCount
    self.isPast = isPast
  }
}
