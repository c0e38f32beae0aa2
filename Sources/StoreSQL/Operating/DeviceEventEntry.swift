import Routing

/// A row of `device_events`: what happened to a device, who did it and why.
package struct DeviceEventEntry {
  /// The tenant row's key.
  package var tenant: Int64
  /// The device row's key.
  package var device: Int64
  /// `paused`, `resumed`, `status` or `retired`.
  package var kind: String
  /// What was done; the reason follows a colon.
  package var detail: String?
  /// The name and, if different, the system user.
  package var actor: Actor
  /// When it took effect.
  package var at: Instant

  /// The columns in this order.
  static let insert = """
    INSERT INTO device_events (tenant_id, device_id, kind, detail, actor, at, system_user)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    """

  /// Call in the transaction that changes the device.
  package func record(in db: any SQLConnection) throws {
    try db.change(
      DeviceEventEntry.insert, [tenant, device, kind, detail, actor.name, at.milliseconds, actor.systemUser])
  }
}
