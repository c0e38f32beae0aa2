/// What a dry run's answer depends on in a store, so that a plan made from it can tell later whether it still holds.
package struct StoreStanding: Equatable, Sendable {
  /// What decides for a tenant, and over what.
  package struct TenantStanding: Equatable, Sendable {
    package var tenant: Tenant
    package var createdAt: Instant
    /// Which of the tenant's activations is the last; 0 before the first cycle.
    package var generation: Int
    /// The digests of the active revisions, in the order in which they are asked.
    package var revisions: [String]
    /// Each device in service and how it is set up, in words; by key.
    package var devices: [Named]
    /// Each sequence with its status, steps and texts; by key.
    package var sequences: [Named]

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
    package var id: String
    package var text: String

    package init(_ id: String, _ text: String) { (self.id, self.text) = (id, text) }
  }

  /// How many rows a table that only grows has had.
  package struct Count: Equatable, Sendable {
    package var rows: String
    package var last: Int64

    package init(_ rows: String, _ last: Int64) { (self.rows, self.last) = (rows, last) }
  }

  /// A decision on record: two stores that have the same one are the same store, or copies.
  package struct Mark: Equatable, Sendable {
    package var number: Int64
    package var at: Instant
    package var enrolment: Int64

    package init(number: Int64, at: Instant, enrolment: Int64) {
      (self.number, self.at, self.enrolment) = (number, at, enrolment)
    }
  }

  package var tenants: [TenantStanding]
  /// Decisions first.
  package var counts: [Count]
  /// The last decision, or the one asked for; nil where there is none.
  package var mark: Mark?
  /// The policies that tenants beside those compared list.
  package var others: [Tenant]

  package init(tenants: [TenantStanding], counts: [Count], mark: Mark?, others: [Tenant]) {
    (self.tenants, self.counts, self.mark, self.others) = (tenants, counts, mark, others)
  }
}
