/// Operators' commands on devices, contacts and holds.
///
/// Each command is one transaction, which also records who gave it, when and why. It needs no epoch and runs alongside
/// the leader. An unknown tenant, device or contact throws `OperatorError.unknown`; a command that does not apply throws
/// `OperatorError.refused`. In both cases nothing is written.
package protocol OperatorStore: Sendable {
  // MARK: Devices

  /// Until a time, a device neither sends nor can be chosen. Refused for a retired device.
  func pauseDevice(
    _ id: DeviceID, of tenant: TenantID, until: Instant, reason: String?, actor: Actor, at now: Instant) throws

  /// Ends a pause. Refused for a device that is not paused.
  func resumeDevice(_ id: DeviceID, of tenant: TenantID, reason: String?, actor: Actor, at now: Instant) throws

  /// Sets the connection status of a device. Refused for `retired`: use `retireDevice`.
  func setDeviceStatus(
    _ id: DeviceID, of tenant: TenantID, to status: DeviceStatus, reason: String?, actor: Actor, at now: Instant) throws

  /// Takes a device out of service permanently; its rows are kept (I-11).
  ///
  /// Open contacts, leads and queued messages are reassigned to `successor`; without an successor the device must have none.
  /// Refused otherwise, and while one of its messages is being sent. Costs a walk over the enrolments.
  func retireDevice(
    _ id: DeviceID, of tenant: TenantID, reassignTo successor: DeviceID?, reason: String, actor: Actor, at now: Instant)
    throws

  // MARK: Contacts

  /// Assigns a contact to another device; a pending message moves with it. Refused for a contact that is completed or
  /// cancelled, and while its message is being sent.
  func reassignContact(
    _ id: ContactID, of tenant: TenantID, to device: DeviceID, reason: String?, actor: Actor, at now: Instant) throws

  /// Returns a failed message, or one with an unknown result, to `pending`: the next claim makes a new attempt (I-37).
  ///
  /// If its device was retired, the message moves to the contact's assigned device. Refused if there is no such message,
  /// the lead opted out, or no device in service is assigned.
  func retryContact(_ id: ContactID, of tenant: TenantID, reason: String?, actor: Actor, at now: Instant) throws

  /// Changes the priority of a contact's pending message, and with it its place in the device's queue.
  ///
  /// Refused unless the current step has a pending message. The priority that it has already changes nothing.
  func prioritiseContact(
    _ id: ContactID, of tenant: TenantID, as priority: Priority, reason: String?, actor: Actor, at now: Instant) throws

  /// Records that a lead must no longer receive messages, and cancels its unsent messages.
  ///
  /// `who` is a lead's id, a phone number or a contact's id, looked up in this order. A message that is being sent cannot
  /// be stopped. A second call has no further effect.
  func optOut(_ who: String, of tenant: TenantID, reason: String?, actor: Actor, at now: Instant) throws
    -> OptOutResult

  /// Makes waiting contacts due now and ends their faults in a row, in one transaction. Requests a probe of the tenant's
  /// suspended policies. Returns how many contacts changed. Refused for a contact that does not wait; then none is changed.
  func wakeContacts(_ ids: [ContactID], of tenant: TenantID, reason: String?, actor: Actor, at now: Instant) throws
    -> Int

  /// The waits that match a filter on contacts and are not due at `now`, counted by tenant, in the order of the tenants'
  /// keys and without those that have none. `tenant` nil counts all tenants. Walks over the waits in chunks, each from its
  /// own snapshot.
  func countWaits(matching filter: RowFilter, of tenant: TenantID?, at now: Instant) throws -> [WakeCount]

  /// Makes the waits that match due now and ends their faults in a row. Returns their number. Each transaction changes at
  /// most 2,000; the first records `count` and `text`, the filter as it was written, and requests a probe of the tenant's
  /// suspended policies. A wait that begins meanwhile may be included.
  func wakeContacts(
    matching filter: RowFilter, text: String, count: Int, of tenant: TenantID, reason: String, actor: Actor,
    at now: Instant
  ) throws -> Int

  // MARK: Holds

  /// The holds in force, oldest first: those in the store, and those that exist only in the hold file. With `moment`, the
  /// holds that were in force at that time.
  func holds(at moment: Instant?) throws -> [SendingHold]

  /// Copies holds that exist only in the hold file into the store; they stay in the file until a sender has read the
  /// rows. Skips holds of unknown tenants. Without a hold file it writes nothing and costs one look-up in the folder.
  func recordHoldFile() throws

  /// Ends the operator's hold of the store (`tenant` nil) or of a tenant, in the store and in the hold file. Holds of
  /// other kinds are kept.
  ///
  /// Also ends a hold that exists only in the file, even for an unknown tenant. An unreadable hold file is deleted when
  /// the hold of the whole store ends. `stated` holds the contents of the file when the command began; nil reads the file
  /// now. Holds added to the file later are kept.
  func releaseHold(
    of tenant: TenantID?, reason: String, actor: Actor, at now: Instant, stated: [SendingHold]?
  ) throws -> ReleaseOutcome
}

extension OperatorStore {
  /// Ends a pause without recording a reason.
  package func resumeDevice(_ id: DeviceID, of tenant: TenantID, actor: Actor, at now: Instant) throws {
    try resumeDevice(id, of: tenant, reason: nil, actor: actor, at: now)
  }

  /// Retries without recording a reason.
  package func retryContact(_ id: ContactID, of tenant: TenantID, actor: Actor, at now: Instant) throws {
    try retryContact(id, of: tenant, reason: nil, actor: actor, at: now)
  }

  /// Opts out without recording a reason.
  package func optOut(_ who: String, of tenant: TenantID, actor: Actor, at now: Instant) throws -> OptOutResult {
    try optOut(who, of: tenant, reason: nil, actor: actor, at: now)
  }

  /// The holds in force now.
  package func holds() throws -> [SendingHold] { try holds(at: nil) }

  /// Ends a hold; reads the hold file when called.
  package func releaseHold(
    of tenant: TenantID?, reason: String, actor: Actor, at now: Instant
  ) throws -> ReleaseOutcome {
    try releaseHold(of: tenant, reason: reason, actor: actor, at: now, stated: nil)
  }
}
