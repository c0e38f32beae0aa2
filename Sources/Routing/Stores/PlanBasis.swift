/// The state of a store that the result of a dry run depends on. A plan keeps it to detect later whether it is stale.
package struct PlanBasis: Equatable, Sendable {
  /// A tenant's live policies and their inputs.
  package struct TenantBasis: Equatable, Sendable {
    /// Includes the list of policies and the parameters; its key is 0 in a plan that was read from a file.
    package var tenant: Tenant
    /// Distinguishes the tenant from another one with the same id.
    package var createdAt: Instant
    /// The number of the tenant's latest generation; 0 before the first cycle.
    package var generation: Int
    /// The digests of the live revisions, in evaluation order.
    package var revisions: [String]
    /// Each device in service with its configuration as text; by key.
    package var devices: [Named]
    /// Each sequence with its status, steps and templates; by key.
    package var sequences: [Named]

    /// `devices` and `sequences` must be in order of their keys.
    package init(
      tenant: Tenant, createdAt: Instant, generation: Int, revisions: [String], devices: [Named], sequences: [Named]
    ) {
      (self.tenant, self.createdAt) = (tenant, createdAt)
      (self.generation, self.revisions) = (generation, revisions)
      (self.devices, self.sequences) = (devices, sequences)
    }
  }

  /// An object's id and its description.
  package struct Named: Equatable, Sendable {
    /// The id, unique in the tenant.
    package var id: String
    /// The description, as text or as a digest.
    package var text: String

    /// Equal objects must have equal texts. A plan may hold a digest of the text.
    package init(_ id: String, _ text: String) { (self.id, self.text) = (id, text) }
  }

  /// How many rows a table that only grows has had.
  package struct Count: Equatable, Sendable {
    /// The rows' name, as a plural noun.
    package var rows: String
    /// The largest key; 0 for an empty table.
    package var last: Int64

    /// `rows` is a plural noun; `last` is the largest key.
    package init(_ rows: String, _ last: Int64) { (self.rows, self.last) = (rows, last) }
  }

  /// A recorded decision that identifies a store: only the same store or its copies have it.
  package struct Mark: Equatable, Sendable {
    /// The key of the decision.
    package var number: Int64
    /// When it was made.
    package var at: Instant
    /// The key of the decision's enrolment.
    package var enrolment: Int64

    /// All three values come from the decision.
    package init(number: Int64, at: Instant, enrolment: Int64) {
      (self.number, self.at, self.enrolment) = (number, at, enrolment)
    }
  }

  /// The tenants to compare, by id.
  package var tenants: [TenantBasis]
  /// Decisions first.
  package var counts: [Count]
  /// The last decision, or the requested one; nil if it does not exist.
  package var mark: Mark?
  /// Other tenants, with the policies that they list.
  package var others: [Tenant]

  /// `others` is empty in a plan that was read from a file.
  package init(tenants: [TenantBasis], counts: [Count], mark: Mark?, others: [Tenant]) {
    (self.tenants, self.counts, self.mark, self.others) = (tenants, counts, mark, others)
  }
}
