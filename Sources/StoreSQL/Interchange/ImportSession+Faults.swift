import Routing

/// Changed rows may end the faults that they caused.
extension ImportSession {
  /// Ends the faults in a row of a lead's waiting contacts: they are decided in the next cycle, also if they were set aside.
  /// Requests a probe of the tenant's suspended policies, once for each file. `tenant` is its index among those of the file.
  mutating func releaseFaults(ofLead lead: Int64, _ tenant: Int) throws {
    try run(FaultSQL.release, [lead])
    guard probed.insert(tenants[tenant].key).inserted else { return }
    try PolicyProbes.request(for: tenants[tenant].key, in: db)
  }
}

private enum FaultSQL {
  /// The time at which the step became due is never after now, whatever the clock of the import says.
  static let release = """
    UPDATE sequence_contacts SET faults = 0, next_at = due_at
    WHERE lead_id = ?1 AND faults > 0 AND status = 'waiting'
    """
}
