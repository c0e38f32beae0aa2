/// A property that a policy must have for every request.
package enum PolicyProperty: Hashable, Sendable {
  /// No hook fails with an error, at a limit, or with a result that is not a verdict.
  case neverFaults
  /// With ten times the fleet, a decision uses at most half of its budget.
  case halfBudget
  /// A message is queued only on a device that can accept more, unless the policy declares `queues_offline = true`.
  case canAccept
  /// Adding a device that is offline and has no contacts changes nothing.
  case unrelatedDevice
  /// The order of the devices changes nothing.
  case renumbered
  /// A property declared for the policy, by its name in the case file.
  case own(String)

  /// The properties that apply to every policy, in the order in which they are checked.
  package static let general: [PolicyProperty] = [
    .neverFaults, .canAccept, .halfBudget, .unrelatedDevice, .renumbered,
  ]

  /// The name on the command line and in JSON.
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

  /// The property as a phrase.
  package var title: String {
    switch self {
    case .neverFaults: "never faults"
    case .halfBudget: "ends within half its budget at ten times the fleet"
    case .canAccept: "never chooses a device that cannot accept more"
    case .unrelatedDevice: "answers the same when an unrelated device is added"
    case .renumbered: "answers the same when the devices are reordered"
    case .own(let name): name
    }
  }
}
