import Routing

/// How far the contacts of each sequence have come: one funnel, one ledger (I-71).
package struct SequenceReport: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    package var ordinal: Int
    /// Enrolments that stand at this step, by state.
    package var enrolments: [EnrolmentStatus: Int]
    /// Messages that carry this step, by state.
    package var messages: [MessageStatus: Int]
    /// Decisions that left this step out.
    package var skipped: Int
  }

  package struct Sequence: Equatable, Sendable {
    package var tenant: TenantID
    package var id: String
    package var name: String
    package var status: String
    /// In order.
    package var steps: [Step]

    /// All enrolments: every one stands at one step in one state.
    package var enrolments: Int { steps.reduce(0) { $0 + $1.enrolments.values.reduce(0, +) } }
  }

  /// By tenant and key.
  package var sequences: [Sequence]
  /// Counted by itself; equals the sum over the sequences.
  package var enrolments: Int
}
