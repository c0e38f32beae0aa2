/// The progress of each sequence's contacts, as a funnel (I-71).
package struct SequenceReport: Equatable, Sendable {
  /// One step, with the enrolments and messages at it.
  package struct Step: Equatable, Sendable {
    /// The step's number in its sequence, from 1.
    package var ordinal: Int
    /// Enrolments at this step, by state. `scheduled` includes the waiting ones if `areWaitsKnown` is false.
    package var enrolments: [EnrolmentStatus: Int]
    /// Messages of this step, by state.
    package var messages: [MessageStatus: Int]
    /// Decisions that skipped this step.
    package var skipped: Int

    /// States without rows may be omitted from both dictionaries.
    package init(ordinal: Int, enrolments: [EnrolmentStatus: Int], messages: [MessageStatus: Int], skipped: Int) {
      self.ordinal = ordinal
      self.enrolments = enrolments
      self.messages = messages
      self.skipped = skipped
    }
  }

  /// One sequence with its funnel.
  package struct Sequence: Equatable, Sendable {
    /// The sequence's tenant.
    package var tenant: TenantID
    /// The external id, unique within the tenant.
    package var id: String
    /// The display name; not unique.
    package var name: String
    /// Nil if unknown, as in a report of the past: changes of the status are not recorded.
    package var status: String?
    /// False in a report of a time whose waits were archived: waiting and scheduled enrolments cannot be distinguished.
    package var areWaitsKnown = true
    /// In order of their numbers.
    package var steps: [Step]

    /// `steps` must be in order of their numbers.
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

    /// All enrolments: each is at one step in one state.
    package var enrolments: Int { steps.reduce(0) { $0 + $1.enrolments.values.reduce(0, +) } }
  }

  /// Sorted by tenant and key.
  package var sequences: [Sequence]
  /// Counted separately; equals the sum over the sequences.
  package var enrolments: Int
  /// Whether the report describes an earlier time and was built from the record, which does not have the times of
  /// receipts.
  package var isPast = false

  /// `enrolments` must not be computed from `sequences`: the report compares the two.
  package init(sequences: [Sequence], enrolments: Int, isPast: Bool = false) {
    self.sequences = sequences
    self.enrolments = enrolments
    self.isPast = isPast
  }
}
