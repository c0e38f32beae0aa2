import Policies
import Routing

/// A change of policy with the result of its dry run: what it contains, what it was compared with, and the counts.
///
/// It is applied only if the state that it was compared with has not changed.
package struct Plan: Sendable {
  /// A policy that the plan would make live.
  package struct Source: Equatable, Sendable {
    /// The name in tenants' lists.
    package var name: String
    /// The path of its file; nil for a shipped policy.
    package var path: String?
    /// `sha256:` and 64 hexadecimal digits of the file's bytes.
    package var digest: String
    /// The digest of its case file; nil without one.
    package var cases: String?
    /// The file of this name in the rules folder that would be replaced; nil if the source is that file, or no such file
    /// exists.
    package var replaced: Replaced?

    /// `digest` is the hash of the bytes that the dry run compiled.
    package init(name: String, path: String?, digest: String, cases: String?, replaced: Replaced?) {
      (self.name, self.path, self.digest, self.cases, self.replaced) = (name, path, digest, cases, replaced)
    }
  }

  /// The digests of a policy's file and its cases.
  package struct Replaced: Equatable, Sendable {
    /// The digest of the file's bytes.
    package var digest: String
    /// The digest of its case file; nil without one.
    package var cases: String?

    /// Both as of the start of the dry run.
    package init(digest: String, cases: String?) { (self.digest, self.cases) = (digest, cases) }
  }

  /// The new values of a tenant's row.
  package struct Change: Equatable, Sendable {
    /// The tenant whose row changes.
    package var tenant: TenantID
    /// The policies' names, in evaluation order.
    package var policies: [String]
    /// All of the tenant's own values; values left out are removed.
    package var parameters: [Parameter]

    /// Replaces the list and the values as a whole.
    package init(tenant: TenantID, policies: [String], parameters: [Parameter]) {
      (self.tenant, self.policies, self.parameters) = (tenant, policies, parameters)
    }
  }

  /// The counts of the dry run, for people who read the plan.
  package struct Summary: Equatable, Sendable {
    /// As in `DryRunReport`: `same` and `changed` add up to `contacts`.
    package var contacts, same, changed, moved: Int

    /// The counts must come from the run that the plan was built from.
    package init(contacts: Int, same: Int, changed: Int, moved: Int) {
      (self.contacts, self.same, self.changed, self.moved) = (contacts, same, changed, moved)
    }
  }

  /// When the plan was written, for information only.
  package var savedAt: Instant
  /// The time for which the dry run decided.
  package var decidedAt: Instant
  /// Nil for all tenants.
  package var tenant: TenantID?
  /// Policies whose files would be installed, by name.
  package var sources: [Source]
  /// Tenants whose rows would change, in the order of their keys.
  package var changes: [Change]
  /// Digests of the sources in use, by the name in the list.
  package var against: [PlanBasis.Named]
  /// The state of the store that the dry run read, with digests instead of texts (`digested`).
  package var basis: PlanBasis
  /// The counts of the dry run, for people.
  package var summary: Summary

  /// `basis` and `against` must be read from the dry run's snapshot.
  package init(
    savedAt: Instant, decidedAt: Instant, tenant: TenantID?, sources: [Source], changes: [Change],
    against: [PlanBasis.Named], basis: PlanBasis, summary: Summary
  ) {
    (self.savedAt, self.decidedAt, self.tenant) = (savedAt, decidedAt, tenant)
    (self.sources, self.changes, self.against) = (sources, changes, against)
    (self.basis, self.summary) = (basis, summary)
  }

  /// Whether the source with this digest is in use under this name.
  package func decidesNow(_ name: String, _ digest: String) -> Bool {
    against.contains(PlanBasis.Named(name, digest))
  }
}
