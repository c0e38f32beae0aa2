/// A contact by its names.
package struct NamedContact: Equatable, Sendable {
  /// The contact's ids are unique only within it.
  package let tenant: TenantID
  /// `sequence/lead`.
  package let contact: ContactID
  /// As of the read that listed it.
  package let status: EnrolmentStatus

  /// All three come from one row.
  package init(tenant: TenantID, contact: ContactID, status: EnrolmentStatus) {
    (self.tenant, self.contact, self.status) = (tenant, contact, status)
  }
}
