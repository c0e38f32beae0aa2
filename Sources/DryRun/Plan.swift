import Policies
import Routing

/// A change of policy that was tried in a dry run: what it consists of, what it was compared with, and what came out.
///
/// It is carried out only while what it was compared with still stands.
package struct Plan: Sendable {
  /// A policy that would decide.
  package struct Source: Equatable, Sendable {
    /// As tenants list it.
    package var name: String
    /// The file it was read from; nil for a shipped policy.
    package var path: String?
    /// `sha256:` and 64 hexadecimal digits of the file's bytes.
    package var digest: String
    /// Of the file of its cases; nil for none.
    package var cases: String?
    /// What stands under its name in the rules folder, and is replaced; nil where it comes from there, or nothing does.
    package var replaced: Replaced?

    /// `digest` is of the bytes that the dry run compiled.
    package init(name: String, path: String?, digest: String, cases: String?, replaced: Replaced?) {
      (self.name, self.path, self.digest, self.cases, self.replaced) = (name, path, digest, cases, replaced)
    }
  }

  /// A file and its cases by their digests.
  package struct Replaced: Equatable, Sendable {
    /// Of the file's bytes.
    package var digest: String
    /// Of its file of cases; nil for none.
    package var cases: String?

    /// Both as they were when the dry run began.
    package init(digest: String, cases: String?) { (self.digest, self.cases) = (digest, cases) }
  }

  /// What a tenant's row would say.
  package struct Change: Equatable, Sendable {
    /// The tenant whose row changes.
    package var tenant: TenantID
    /// Names, in the order in which they are asked.
    package var policies: [String]
    /// All of the tenant's own values; those left out are gone.
    package var parameters: [Parameter]

    /// Replaces list and values as a whole.
    package init(tenant: TenantID, policies: [String], parameters: [Parameter]) {
      (self.tenant, self.policies, self.parameters) = (tenant, policies, parameters)
    }
  }

  /// The counts of the dry run, for people who read the plan.
  package struct Summary: Equatable, Sendable {
    /// As in `DryRunReport`: `same` and `changed` add up to `contacts`.
    package var contacts, same, changed, moved: Int

    /// The counts must come from the run that the plan was made of.
    package init(contacts: Int, same: Int, changed: Int, moved: Int) {
      (self.contacts, self.same, self.changed, self.moved) = (contacts, same, changed, moved)
    }
  }

  /// When the plan was written; nothing depends on it.
  package var savedAt: Instant
  /// The moment that the dry run decided as of.
  package var decidedAt: Instant
  /// Nil for all tenants.
  package var tenant: TenantID?
  /// Policies whose files would be put in place, by name.
  package var sources: [Source]
  /// Tenants whose rows would change, in the order of their keys.
  package var changes: [Change]
  /// Digests of the sources that decide now, by the name they are listed under.
  package var against: [PlanBasis.Named]
  /// The state of the store that the dry run read, with digests in place of texts (`digested`).
  package var basis: PlanBasis
  /// What came out, for people.
  package var summary: Summary

  /// `standing` and `against` must be read from the dry run's snapshot.
  package init(
    savedAt: Instant, decidedAt: Instant, tenant: TenantID?, sources: [Source], changes: [Change],
    against: [PlanBasis.Named], basis: PlanBasis, summary: Summary
  ) {
    (self.savedAt, self.decidedAt, self.tenant) = (savedAt, decidedAt, tenant)
    (self.sources, self.changes, self.against) = (sources, changes, against)
    (self.basis, self.summary) = (basis, summary)
  }

  /// Whether a source of this digest decides now under the name.
  package func decidesNow(_ name: String, _ digest: String) -> Bool {
    against.contains(PlanBasis.Named(name, digest))
  }
}
