/// What a dry run's answer depends on in a store, so that a plan made from it can tell later whether it still holds.
package struct PlanBasis: Equatable, Sendable {
  /// What decides for a tenant, and over what.
  package struct TenantBasis: Equatable, Sendable {
    /// With its list, parameters and guards.
    package var tenant: Tenant
    /// When the tenant was made: another store's tenant of the same id differs in it.
    package var createdAt: Instant
    /// Which of the tenant's activations is the last; 0 before the first cycle.
    package var generation: Int
    /// The digests of the active revisions, in the order in which they are asked.
    package var revisions: [String]
    /// Each device in service and how it is set up, in words; by key.
    package var devices: [Named]
    /// Each sequence with its status, steps and texts; by key.
    package var sequences: [Named]

    /// Lists must be in the orders that the fields state.
    package init(
      tenant: Tenant, createdAt: Instant, generation: Int, revisions: [String], devices: [Named], sequences: [Named]
    ) {
      (self.tenant, self.createdAt) = (tenant, createdAt)
      (self.generation, self.revisions) = (generation, revisions)
      (self.devices, self.sequences) = (devices, sequences)
    }
  }

  /// What something is called and what it is.
  package struct Named: Equatable, Sendable {
    /// The external id.
    package var id: String
    /// All of it that a dry run reads, in a form made only to be compared.
    package var text: String

    /// `text`: equal texts stand for equal things; a plan may hold a digest of it.
    package init(_ id: String, _ text: String) { (self.id, self.text) = (id, text) }
  }

  /// How many rows a table that only grows has had.
  package struct Count: Equatable, Sendable {
    /// What they are called in messages: `decisions`, `contacts`.
    package var rows: String
    /// The largest key given; deleted rows do not lower it.
    package var last: Int64

    /// `rows`: what the rows are, as a plural noun; `last`: the largest key.
    package init(_ rows: String, _ last: Int64) { (self.rows, self.last) = (rows, last) }
  }

  /// A decision on record: two stores that have the same one are the same store, or copies.
  package struct Mark: Equatable, Sendable {
    /// The decision's key.
    package var number: Int64
    /// When it was decided.
    package var at: Instant
    /// The key of the enrolment that it was about.
    package var enrolment: Int64

    /// All three come from one row.
    package init(number: Int64, at: Instant, enrolment: Int64) {
      (self.number, self.at, self.enrolment) = (number, at, enrolment)
    }
  }

  /// Those compared: one, or all.
  package var tenants: [TenantBasis]
  /// Decisions first.
  package var counts: [Count]
  /// The last decision, or the one asked for; nil where there is none.
  package var mark: Mark?
  /// The policies that tenants beside those compared list.
  package var others: [Tenant]

  /// `mark` is nil when the decision asked for is not in the store.
  package init(tenants: [TenantBasis], counts: [Count], mark: Mark?, others: [Tenant]) {
    (self.tenants, self.counts, self.mark, self.others) = (tenants, counts, mark, others)
  }
}
