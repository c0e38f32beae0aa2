/// What state the devices are in that decisions are measured over.
package enum FleetCondition: String, CaseIterable, Sendable {
  /// Every device can accept more.
  case online
  /// Every tenth device is offline, so that contacts which belong to it have to go elsewhere.
  case tenthOffline = "a tenth offline"
}

/// The cost of a decision of one policy over one fleet, in C alone and in Usher. Medians over the rounds.
package struct DecisionResult: Sendable {
  /// The shipped policy that decided.
  package let policy: String
  /// Which devices could send.
  package let condition: FleetCondition
  /// Devices of the fleet.
  package let devices: Int
  /// CPU time of the thread, nanoseconds a decision.
  package let baseline: Double
  /// The same for Usher.
  package let usher: Double
  /// Usher's cost by the baseline's, of each round.
  package let ratio: Double
}
