/// How far the contacts of each sequence have come: one funnel, one ledger (I-71).
package struct SequenceReport: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    package var ordinal: Int
    /// Enrolments that stand at this step, by state; `scheduled` counts the waiting ones too where `areWaitsKnown` is false.
    package var enrolments: [EnrolmentStatus: Int]
    /// Messages that carry this step, by state.
    package var messages: [MessageStatus: Int]
    /// Decisions that left this step out.
    package var skipped: Int

    package init(ordinal: Int, enrolments: [EnrolmentStatus: Int], messages: [MessageStatus: Int], skipped: Int) {
      self.ordinal = ordinal
      self.enrolments = enrolments
      self.messages = messages
      self.skipped = skipped
    }
  }

  package struct Sequence: Equatable, Sendable {
    package var tenant: TenantID
    package var id: String
    package var name: String
    /// Nil where it is not known: of the past, which keeps no record of it.
    package var status: String?
    /// False of a moment whose waits went to an archive: who waited and who was scheduled cannot be told apart.
    package var areWaitsKnown = true
    /// In order.
    package var steps: [Step]

    package init(
      tenant: TenantID, id: String, name: String, status: String? = nil, areWaitsKnown: Bool = true, steps: [Step]
    ) {
      self.tenant = tenant
      self.id = id
      self.name = name
      self.status = status
      self.areWaitsKnown = areWaitsKnown
      self.steps = steps
    }

    /// All enrolments: every one stands at one step in one state.
    package var enrolments: Int { steps.reduce(0) { $0 + $1.enrolments.values.reduce(0, +) } }
  }

  /// By tenant and key.
  package var sequences: [Sequence]
  /// Counted by itself; equals the sum over the sequences.
  package var enrolments: Int
  /// Whether things have happened since: the report is made from the record, which has no times of receipts.
  package var isPast = false

  package init(sequences: [Sequence], enrolments: Int, isPast: Bool = false) {
    self.sequences = sequences
    self.enrolments = enrolments
    self.isPast = isPast
  }
}
