/// The state of the devices over which decisions are measured.
package enum FleetCondition: String, CaseIterable, Sendable {
  /// Every device can accept more.
  case online
  /// Every tenth device is offline, so that the contacts that belong to it have to go elsewhere.
  case tenthOffline = "a tenth offline"
}

/// The cost of a decision of one policy over one fleet, in C and in Usher. Medians over the rounds.
package struct DecisionResult: Sendable {
  /// The shipped policy that decided.
  package let policy: String
  /// Which devices could send.
  package let condition: FleetCondition
  /// Devices of the fleet.
  package let devices: Int
  /// CPU time of the thread in C, nanoseconds per decision.
  package let baseline: Double
  /// CPU time of the thread in Usher, nanoseconds per decision.
  package let usher: Double
  /// Usher's cost divided by the baseline's, per round.
  package let ratio: Double
}
