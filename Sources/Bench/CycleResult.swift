/// The properties of the leads whose contacts a cycle decides.
package enum LeadProfile: String, CaseIterable, Sendable {
  /// A phone number and a name.
  case plain
  /// Also a tag and two attributes, which Usher reads from JSON and shows to the policy, and the baseline ignores.
  case detailed
}

/// A cycle over one store, in C alone and in Usher. Medians over the rounds.
package struct CycleResult: Sendable {
  /// The speed of one side.
  package struct Side: Sendable {
    /// Contacts per second of elapsed time.
    package let perSecond: Double
    /// CPU time of the process, microseconds per contact.
    package let cpuMicroseconds: Double
  }

  /// The data that was read for each contact.
  package let profile: LeadProfile
  /// Contacts that each side decided in one round.
  package let contacts: Int
  /// Devices of the fleet.
  package let devices: Int
  /// Contacts per transaction.
  package let batch: Int
  /// The cycle in C.
  package let baseline: Side
  /// The cycle in Usher.
  package let usher: Side
  /// The baseline's elapsed time divided by Usher's, per round: 1 is as fast as C.
  package let wallRatio: Double
  /// The same ratio for CPU time.
  package let cpuRatio: Double
}
