import Policies
import Routing

/// A change of policy that was tried in a dry run: what it consists of, what it was compared with, and what came out.
///
/// It is carried out only while what it was compared with still stands.
package struct Plan: Sendable {
  /// A policy that would decide.
  package struct Source: Equatable, Sendable {
    package var name: String
    /// The file it was read from; nil for a shipped policy.
    package var path: String?
    package var digest: String
    /// Of the file of its cases; nil for none.
    package var cases: String?
    /// What stands under its name in the rules folder, and is replaced; nil where it comes from there, or nothing does.
    package var replaced: Replaced?

    package init(name: String, path: String?, digest: String, cases: String?, replaced: Replaced?) {
      (self.name, self.path, self.digest, self.cases, self.replaced) = (name, path, digest, cases, replaced)
    }
  }

  /// A file and its cases by their digests.
  package struct Replaced: Equatable, Sendable {
    package var digest: String
    package var cases: String?

    package init(digest: String, cases: String?) { (self.digest, self.cases) = (digest, cases) }
  }

  /// What a tenant's row would say.
  package struct Change: Equatable, Sendable {
    package var tenant: TenantID
    package var policies: [String]
    package var parameters: [Parameter]

    package init(tenant: TenantID, policies: [String], parameters: [Parameter]) {
      (self.tenant, self.policies, self.parameters) = (tenant, policies, parameters)
    }
  }

  package struct Summary: Equatable, Sendable {
    package var contacts, same, changed, moved: Int

    package init(contacts: Int, same: Int, changed: Int, moved: Int) {
      (self.contacts, self.same, self.changed, self.moved) = (contacts, same, changed, moved)
    }
  }

  package var savedAt: Instant
  /// The moment that the dry run decided as of.
  package var decidedAt: Instant
  /// Nil for all tenants.
  package var tenant: TenantID?
  package var sources: [Source]
  package var changes: [Change]
  /// Digests of the sources that decide now, by the name they are listed under.
  package var against: [StoreStanding.Named]
  package var standing: StoreStanding
  package var summary: Summary

  package init(
    savedAt: Instant, decidedAt: Instant, tenant: TenantID?, sources: [Source], changes: [Change],
    against: [StoreStanding.Named], standing: StoreStanding, summary: Summary
  ) {
    (self.savedAt, self.decidedAt, self.tenant) = (savedAt, decidedAt, tenant)
    (self.sources, self.changes, self.against) = (sources, changes, against)
    (self.standing, self.summary) = (standing, summary)
  }

  /// Whether a source of this digest decides now under the name.
  package func decidesNow(_ name: String, _ digest: String) -> Bool {
    against.contains(StoreStanding.Named(name, digest))
  }
}
