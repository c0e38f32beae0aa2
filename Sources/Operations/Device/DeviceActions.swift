import Routing

/// A device of a tenant.
package struct DeviceReference: Equatable, Sendable {
  /// The id inside the tenant; need not exist.
  package let device: DeviceID
  /// The tenant that it is looked up in.
  package let tenant: TenantID

  /// Neither has to exist: actions throw `deviceNotFound` and `tenantNotFound`.
  package init(_ device: DeviceID, of tenant: TenantID) { (self.device, self.tenant) = (device, tenant) }
}

/// Stops a device from sending and from being chosen for some minutes.
package struct PauseDevice {
  private let subject: DeviceReference
  private let minutes: Int

  /// `minutes`: from the time of the note that `run` gets.
  package init(_ subject: DeviceReference, minutes: Int) { (self.subject, self.minutes) = (subject, minutes) }

  /// Returns when the pause ends. Throws `tenantNotFound`, `deviceNotFound`, and `stateConflict` for a retired device.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws -> Instant {
    let until = note.at.advanced(bySeconds: Int64(minutes) * 60)
    try store.pauseDevice(
      subject.device, of: subject.tenant, until: until, reason: note.reason, actor: note.actor, at: note.at)
    return until
  }
}

/// Ends a device's pause.
package struct ResumeDevice {
  private let subject: DeviceReference

  /// `subject`: looked up when the action runs.
  package init(_ subject: DeviceReference) { self.subject = subject }

  /// Throws `tenantNotFound`, `deviceNotFound`, and `stateConflict` for a device that is not paused.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws {
    try store.resumeDevice(subject.device, of: subject.tenant, reason: note.reason, actor: note.actor, at: note.at)
  }
}

/// Records the status of a device's connection.
package struct SetDeviceStatus {
  private let subject: DeviceReference
  private let status: DeviceStatus

  /// `status`: any but `retired`, which is `RetireDevice`'s.
  package init(_ subject: DeviceReference, to status: DeviceStatus) {
    (self.subject, self.status) = (subject, status)
  }

  /// Throws `tenantNotFound`, `deviceNotFound`, and `stateConflict` for a retired device and for the status `retired`.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws {
    try store.setDeviceStatus(
      subject.device, of: subject.tenant, to: status, reason: note.reason, actor: note.actor, at: note.at)
  }
}

/// Takes a device out of service permanently; its history stays.
package struct RetireDevice {
  /// What needs a reason, for errors.
  package static let action = "retiring a device"

  private let subject: DeviceReference
  private let successor: DeviceID?

  /// `successor`: takes over open contacts, leads and waiting messages; nil if the device has none of them.
  package init(_ subject: DeviceReference, successor: DeviceID? = nil) {
    (self.subject, self.successor) = (subject, successor)
  }

  /// Throws `reasonRequired`, `tenantNotFound`, `deviceNotFound`, and `stateConflict` while one of its messages is being
  /// sent or if something is left without a successor. Costs a walk over the enrolments.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws {
    try store.retireDevice(
      subject.device, of: subject.tenant, reassignTo: successor, reason: try note.expectReason(for: Self.action),
      actor: note.actor, at: note.at)
  }
}
