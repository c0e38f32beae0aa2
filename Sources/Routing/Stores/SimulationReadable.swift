/// A store that a simulation can start from.
package protocol SimulationReadable {
  /// The state as of `now`, of all tenants or one, from one consistent snapshot. `modelLeads`: of how many leads of
  /// each tenant, spread over all of them, the traits are kept to make up new leads from; 0 reads none. Costs a walk
  /// over all enrolments.
  func state(of tenant: TenantID?, modelLeads: Int, at now: Instant) throws -> SimulationState
}
