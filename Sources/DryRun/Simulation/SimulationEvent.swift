import Routing

/// An event of a simulation, for comparison with what happens live.
package enum SimulationEvent: Sendable {
  case decided(tenant: TenantID, contact: Contact, StepCommit, at: Instant)
  case sent(tenant: TenantID, message: MessageKey, device: DeviceID, contact: ContactID, step: Int, at: Instant)
}
