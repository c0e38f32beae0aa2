/// What the leads look like whose contacts a cycle decides.
package enum LeadProfile: String, CaseIterable, Sendable {
  /// A phone number and a name.
  case plain
  /// A tag and two attributes beside them, which Usher reads from JSON and shows to the policy, and the baseline ignores.
  case detailed
}

/// A cycle over one store, in C alone and in Usher. Medians over the rounds.
package struct CycleResult: Sendable {
  /// How fast one side was.
  package struct Side: Sendable {
    /// Contacts a second, by the clock on the wall.
    package let perSecond: Double
    /// CPU time of the process, microseconds a contact.
    package let cpuMicroseconds: Double
  }

  /// What was read for each contact.
  package let profile: LeadProfile
  /// Contacts that each side decided in one round.
  package let contacts: Int
  /// Devices of the fleet.
  package let devices: Int
  /// Contacts in one transaction.
  package let batch: Int
  /// The work in C alone.
  package let baseline: Side
  /// The work through Usher.
  package let usher: Side
  /// The baseline's time by Usher's, of each round: 1 is as fast as C.
  package let wallRatio: Double
  /// The same by CPU time.
  package let cpuRatio: Double
}
