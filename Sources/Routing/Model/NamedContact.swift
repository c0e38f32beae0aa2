/// A contact with its tenant and status.
package struct NamedContact: Equatable, Sendable {
  /// The tenant; ids of contacts are unique only within it.
  package let tenant: TenantID
  /// `sequence/lead`.
  package let contact: ContactID
  /// As of the read that listed it.
  package let status: EnrolmentStatus

  /// All values must come from one row.
  package init(tenant: TenantID, contact: ContactID, status: EnrolmentStatus) {
    (self.tenant, self.contact, self.status) = (tenant, contact, status)
  }
}
