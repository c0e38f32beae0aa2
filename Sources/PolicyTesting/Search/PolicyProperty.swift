/// What a policy must hold for every request.
package enum PolicyProperty: Hashable, Sendable {
  /// No hook fails: not with an error, not at a limit, not with something that is no verdict.
  case neverFaults
  /// With ten times the fleet a decision takes at most half of its budget.
  case halfBudget
  /// A message is queued on a device that can accept more, unless the policy declares `queues_offline = true`.
  case canAccept
  /// One more device that is offline and nobody's changes nothing.
  case unrelatedDevice
  /// The places of the devices change nothing.
  case renumbered
  /// A property of the policy's own, by its name in the file of cases.
  case own(String)

  /// Those that every policy has, in the order in which they are looked at.
  package static let general: [PolicyProperty] = [
    .neverFaults, .canAccept, .halfBudget, .unrelatedDevice, .renumbered,
  ]

  /// How it is called on the command line and in JSON.
  package var name: String {
    switch self {
    case .neverFaults: "never-faults"
    case .halfBudget: "half-budget"
    case .canAccept: "can-accept"
    case .unrelatedDevice: "unrelated-device"
    case .renumbered: "renumbered"
    case .own(let name): name
    }
  }

  /// In words.
  package var title: String {
    switch self {
    case .neverFaults: "never faults"
    case .halfBudget: "ends within half its budget at ten times the fleet"
    case .canAccept: "never names a device that cannot accept more"
    case .unrelatedDevice: "answers the same when an unrelated device is added"
    case .renumbered: "answers the same when the fleet is renumbered"
    case .own(let name): name
    }
  }
}
