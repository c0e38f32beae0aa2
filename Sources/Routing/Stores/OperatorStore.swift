/// Commands of operators on devices, contacts and holds.
///
/// Each command is one transaction that also records who gave it, when and why. It needs no epoch and runs beside the
/// leader. An unknown tenant, device or contact throws `OperatorError.unknown`; a command that does not apply throws
/// `OperatorError.refused`. Then nothing is written.
package protocol OperatorStore: Sendable {
  // MARK: Devices

  /// Keeps a device from sending and from being chosen until a time. Refused for a retired device.
  func pauseDevice(
    _ id: DeviceID, of tenant: TenantID, until: Instant, reason: String?, actor: Actor, at now: Instant) throws

  /// Ends a pause. Refused for a device that is not paused.
  func resumeDevice(_ id: DeviceID, of tenant: TenantID, reason: String?, actor: Actor, at now: Instant) throws

  /// Sets the status of a device's connection. Refused for `retired`: use `retireDevice`.
  func setDeviceStatus(
    _ id: DeviceID, of tenant: TenantID, to status: DeviceStatus, reason: String?, actor: Actor, at now: Instant) throws

  /// Takes a device out of service for good; its rows stay (I-11).
  ///
  /// Open contacts, leads and waiting messages go to `successor`; without one the device must have none of them. Refused
  /// then, and while one of its messages is being sent. Costs a walk over the enrolments.
  func retireDevice(
    _ id: DeviceID, of tenant: TenantID, reassignTo successor: DeviceID?, reason: String, actor: Actor, at now: Instant)
    throws

  // MARK: Contacts

  /// Assigns a contact to another device; a message that still waits moves along. Refused for a contact that is
  /// completed or cancelled, and while its message is being sent.
  func reassignContact(
    _ id: ContactID, of tenant: TenantID, to device: DeviceID, reason: String?, actor: Actor, at now: Instant) throws

  /// Puts a failed message, or one whose fate is unknown, back to `pending`: the next claim makes a new attempt (I-37).
  ///
  /// If its device was retired, the message goes to the contact's assigned device. Refused if there is no such message,
  /// the lead opted out, or no device in service is assigned.
  func retryContact(_ id: ContactID, of tenant: TenantID, reason: String?, actor: Actor, at now: Instant) throws

  /// Records that a lead is not to be written to any more, and cancels what has not left.
  ///
  /// `who` is a lead's id, a phone number or a contact's id, looked up in this order. A message that is being sent
  /// cannot be stopped. Calling it twice changes nothing more.
  func optOut(_ who: String, of tenant: TenantID, reason: String?, actor: Actor, at now: Instant) throws
    -> OptOutResult

  // MARK: Holds

  /// The holds in force, oldest first: those in the store, and those that only the hold file states. With `moment`, the
  /// holds in force at that time.
  func holds(at moment: Instant?) throws -> [SendingHold]

  /// Copies holds that only the hold file states into the store; they stay in the file until a sender has seen the
  /// rows. Skips those of unknown tenants. Without a hold file it writes nothing and costs one look at the folder.
  func recordHoldFile() throws

  /// Ends the operator's hold of the store (`tenant` nil) or of a tenant, in the store and in the hold file. Holds of
  /// other kinds stay.
  ///
  /// A hold that only the file states ends too, even that of an unknown tenant. A hold file that cannot be read is
  /// removed with the hold of the whole store. `stated`: the holds that the file stated when the command began; nil
  /// reads the file now. Holds that the file gets later stay.
  func releaseHold(
    of tenant: TenantID?, reason: String, actor: Actor, at now: Instant, stated: [SendingHold]?
  ) throws -> ReleaseOutcome
}

extension OperatorStore {
  /// Ends a pause without a reason on record.
  package func resumeDevice(_ id: DeviceID, of tenant: TenantID, actor: Actor, at now: Instant) throws {
    try resumeDevice(id, of: tenant, reason: nil, actor: actor, at: now)
  }

  /// Retries without a reason on record.
  package func retryContact(_ id: ContactID, of tenant: TenantID, actor: Actor, at now: Instant) throws {
    try retryContact(id, of: tenant, reason: nil, actor: actor, at: now)
  }

  /// Opts out without a reason on record.
  package func optOut(_ who: String, of tenant: TenantID, actor: Actor, at now: Instant) throws -> OptOutResult {
    try optOut(who, of: tenant, reason: nil, actor: actor, at: now)
  }

  /// The holds in force now.
  package func holds() throws -> [SendingHold] { try holds(at: nil) }

  /// Ends a hold; reads the hold file when it is called.
  package func releaseHold(
    of tenant: TenantID?, reason: String, actor: Actor, at now: Instant
  ) throws -> ReleaseOutcome {
    try releaseHold(of: tenant, reason: reason, actor: actor, at: now, stated: nil)
  }
}
