/// How far the contacts of each sequence have come: one funnel, one ledger (I-71).
package struct SequenceReport: Equatable, Sendable {
  /// One step and what stands at it.
  package struct Step: Equatable, Sendable {
    /// The step's number in its sequence, from 1.
    package var ordinal: Int
    /// Enrolments that stand at this step, by state; `scheduled` counts the waiting ones too where `areWaitsKnown` is false.
    package var enrolments: [EnrolmentStatus: Int]
    /// Messages that carry this step, by state.
    package var messages: [MessageStatus: Int]
    /// Decisions that left this step out.
    package var skipped: Int

    /// States without any rows may be left out of both dictionaries.
    package init(ordinal: Int, enrolments: [EnrolmentStatus: Int], messages: [MessageStatus: Int], skipped: Int) {
      self.ordinal = ordinal
      self.enrolments = enrolments
      self.messages = messages
      self.skipped = skipped
    }
  }

  /// One sequence with its funnel.
  package struct Sequence: Equatable, Sendable {
    /// Whose sequence it is.
    package var tenant: TenantID
    /// The external id, unique within the tenant.
    package var id: String
    /// As people call it; not unique.
    package var name: String
    /// Nil where it is not known: of the past, which keeps no record of it.
    package var status: String?
    /// False of a moment whose waits went to an archive: who waited and who was scheduled cannot be told apart.
    package var areWaitsKnown = true
    /// In order.
    package var steps: [Step]

    /// `steps` must be in the order of their numbers.
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

  /// `enrolments` must not be derived from `sequences`: the report compares the two.
  package init(sequences: [Sequence], enrolments: Int, isPast: Bool = false) {
    self.sequences = sequences
    self.enrolments = enrolments
    self.isPast = isPast
  }
}
