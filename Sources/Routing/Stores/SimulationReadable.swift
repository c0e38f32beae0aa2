/// A store that a simulation can start from.
package protocol SimulationReadable {
  /// The state as of `now`, of one tenant or of all (nil), from one consistent snapshot. `modelLeads` is the number of
  /// leads per tenant, sampled evenly, whose properties are kept as models for generated leads; 0 reads none. Costs a
  /// walk over all enrolments.
  func state(of tenant: TenantID?, modelLeads: Int, at now: Instant) throws -> SimulationState
}
