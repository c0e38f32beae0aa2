import Routing

extension SQLStore {
  /// Keeps a device from sending and from being chosen until the given time. Recorded in `device_events`.
  ///
  /// Throws `OperatorError` for a device that is unknown or retired.
  package func pauseDevice(
    _ id: DeviceID, of tenant: TenantID, until: Instant, reason: String?, actor: Actor, at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let device = try command.deviceInService(id)
      try command.db.changeOne(
        "UPDATE user_devices SET paused_until = ?1, pause_reason = ?2 WHERE id = ?3 AND status <> 'retired'",
        [until.milliseconds, reason?.asReason, device.key], expecting: "device '\(id)' in service")
      try command.recordEvent("paused", "until \(until.rfc3339)", on: device)
    }
  }

  /// Ends a pause. Throws `OperatorError` for a device that is not paused.
  package func resumeDevice(
    _ id: DeviceID, of tenant: TenantID, reason: String? = nil, actor: Actor, at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let device = try command.deviceInService(id)
      guard let until = device.pausedUntil, until > now.milliseconds else {
        throw OperatorError.refused(
          "expected a paused device, found that '\(id)' is not paused: nothing to do")
      }
      try command.db.changeOne(
        "UPDATE user_devices SET paused_until = NULL, pause_reason = NULL WHERE id = ?1 AND paused_until = ?2",
        [device.key, until], expecting: "device '\(id)' to be paused")
      try command.recordEvent("resumed", nil, on: device)
      try command.endWaits(for: device)
    }
  }

  /// Sets the known status of a device's connection. Throws `OperatorError` for `retired`, which has a separate
  /// command.
  package func setDeviceStatus(
    _ id: DeviceID, of tenant: TenantID, to status: DeviceStatus, reason: String?, actor: Actor,
    at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let device = try command.deviceInService(id)
      guard status != .retired else {
        throw OperatorError.refused(
          "expected a status of a device in service, found 'retired': retire it instead")
      }
      try command.db.changeOne(
        "UPDATE user_devices SET status = ?1 WHERE id = ?2 AND status = ?3",
        [status.rawValue, device.key, device.status], expecting: "device '\(id)' to be \(device.status)")
      try command.recordEvent("status", "\(device.status) to \(status.rawValue)", on: device)
      if status.rawValue != device.status { try command.endWaits(for: device) }
    }
  }

  /// Takes a device out of service permanently; its rows stay (I-11).
  ///
  /// Moves the open contacts, the leads and the unsent messages to `successor`. Without `successor`, throws `OperatorError` if
  /// the device has any. Also throws it while a message is being sent. Walks over the enrolments.
  package func retireDevice(
    _ id: DeviceID, of tenant: TenantID, reassignTo successor: DeviceID?, reason: String, actor: Actor,
    at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let device = try command.deviceInService(id)
      let work = try DeviceWork(of: device, in: command.db)
      guard work.sending == 0 else {
        throw OperatorError.refused(
          "expected no message of '\(id)' to be on its way, found \(work.sending): pause it, and try again in a minute"
        )
      }
      if let successor {
        guard successor != id else {
          throw OperatorError.refused("expected another device to take over, found '\(id)' itself")
        }
        let reassignment = Reassignment(
          command: command, device: try command.deviceInService(successor), reason: "\(id) retired: \(reason)")
        try work.handOver(by: reassignment)
      } else if !work.isEmpty {
        throw OperatorError.refused(
          "expected a device without work, found \(work.enrolments.count) open contacts and "
            + "\(work.pending.count) waiting messages of '\(id)': name the device that takes them over")
      }
      try command.db.changeOne(
        "UPDATE user_devices SET status = 'retired' WHERE id = ?1 AND status = ?2",
        [device.key, device.status],
        expecting: "device '\(id)' to be \(device.status)")
      try command.recordEvent("retired", nil, on: device)
      try command.endWaits(for: device)
    }
  }

  /// Runs an operator's command in one transaction.
  func operating<Result>(
    _ tenant: TenantID, _ actor: Actor, _ reason: String?, _ now: Instant,
    _ body: (OperatorCommand) throws -> Result
  ) throws -> Result {
    try writing { db in try body(try OperatorCommand(db, tenant: tenant, actor: actor, reason: reason, at: now)) }
  }
}

extension OperatorCommand {
  /// A change of a device ends the waits that it may have caused: the next cycles decide them again.
  fileprivate func endWaits(for device: FoundDevice) throws {
    try Wakes(db, of: tenant).begin(afterChangeOf: [device.key], at: now)
  }
}

/// The open work of a device.
private struct DeviceWork {
  let enrolments: [Int64]
  let pending: [Int64]
  let sending: Int
  private let device: OperatorCommand.FoundDevice

  init(of device: OperatorCommand.FoundDevice, in db: any SQLConnection) throws {
    self.device = device
    enrolments = try db.values(
      """
      SELECT id FROM sequence_contacts
      WHERE assigned_device_id = ?1 AND status IN ('scheduled', 'waiting', 'queued') ORDER BY id
      """, [device.key])
    pending = try db.values(
      "SELECT id FROM broadcast_messages WHERE device_id = ?1 AND status = 'pending' ORDER BY id", [device.key])
    sending =
      try db.value(
        "SELECT count(*) FROM broadcast_messages WHERE device_id = ?1 AND status = 'sending'", [device.key],
        as: Int.self) ?? 0
  }

  var isEmpty: Bool { enrolments.isEmpty && pending.isEmpty }

  func handOver(by reassignment: Reassignment) throws {
    for message in pending { try reassignment.move(message: message, from: .pending, of: device.key) }
    for enrolment in enrolments { try reassignment.assign(enrolment) }
    try reassignment.command.db.change(
      "UPDATE leads SET device_id = ?1 WHERE device_id = ?2", [reassignment.device.key, device.key])
  }
}
