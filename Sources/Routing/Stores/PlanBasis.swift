/// What a dry run's answer depends on in a store, so that a plan made from it can tell later whether it still holds.
package struct PlanBasis: Equatable, Sendable {
  /// What decides for a tenant, and over what.
  package struct TenantBasis: Equatable, Sendable {
    /// With its list of policies and its parameters; its key is 0 in a plan that was read from a file.
    package var tenant: Tenant
    /// Tells a tenant from another one of the same id.
    package var createdAt: Instant
    /// Which of the tenant's activations is the last; 0 before the first cycle.
    package var generation: Int
    /// The digests of the active revisions, in the order in which they are asked.
    package var revisions: [String]
    /// Each device in service and how it is set up, in words; by key.
    package var devices: [Named]
    /// Each sequence with its status, steps and texts; by key.
    package var sequences: [Named]

    /// `devices` and `sequences` by key.
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
    /// The id inside the tenant.
    package var id: String
    /// What it is, in words or as a digest.
    package var text: String

    /// `text`: equal texts stand for equal things; a plan may hold a digest of it.
    package init(_ id: String, _ text: String) { (self.id, self.text) = (id, text) }
  }

  /// How many rows a table that only grows has had.
  package struct Count: Equatable, Sendable {
    /// What the rows are, as a plural noun.
    package var rows: String
    /// The largest key; 0 for an empty table.
    package var last: Int64

    /// `rows`: what the rows are, as a plural noun; `last`: the largest key.
    package init(_ rows: String, _ last: Int64) { (self.rows, self.last) = (rows, last) }
  }

  /// A decision on record: two stores that have the same one are the same store, or copies.
  package struct Mark: Equatable, Sendable {
    /// The key of the decision.
    package var number: Int64
    /// When it was made.
    package var at: Instant
    /// The key of the enrolment that it was made for.
    package var enrolment: Int64

    /// All three as the decision has them.
    package init(number: Int64, at: Instant, enrolment: Int64) {
      (self.number, self.at, self.enrolment) = (number, at, enrolment)
    }
  }

  /// The tenants that are compared, by id.
  package var tenants: [TenantBasis]
  /// Decisions first.
  package var counts: [Count]
  /// The last decision, or the one asked for; nil where there is none.
  package var mark: Mark?
  /// The policies that tenants beside those compared list.
  package var others: [Tenant]

  /// `others`: empty in a plan that was read from a file.
  package init(tenants: [TenantBasis], counts: [Count], mark: Mark?, others: [Tenant]) {
    (self.tenants, self.counts, self.mark, self.others) = (tenants, counts, mark, others)
  }
}
