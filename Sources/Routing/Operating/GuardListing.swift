/// One entry of the operator's list of guards.
package struct GuardListing: Equatable, Sendable {
  /// The file's name without folder and extension: `quiet_hours`.
  package var name: String
  /// The parameters set for all tenants.
  package var parameters: [Parameter]
  /// The parameters set for individual tenants, in tenant order.
  package var own: [(tenant: TenantID, parameters: [Parameter])]

  /// `own` must be in tenant order.
  package init(name: String, parameters: [Parameter], own: [(tenant: TenantID, parameters: [Parameter])]) {
    (self.name, self.parameters, self.own) = (name, parameters, own)
  }

  package static func == (left: GuardListing, right: GuardListing) -> Bool {
    left.name == right.name && left.parameters == right.parameters
      && left.own.elementsEqual(right.own) { $0.tenant == $1.tenant && $0.parameters == $1.parameters }
  }
}
