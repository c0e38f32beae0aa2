/// A contact by its names.
package struct NamedContact: Equatable, Sendable {
  package let tenant: TenantID
  package let contact: ContactID
  package let status: EnrolmentStatus

  package init(tenant: TenantID, contact: ContactID, status: EnrolmentStatus) {
    (self.tenant, self.contact, self.status) = (tenant, contact, status)
  }
}
