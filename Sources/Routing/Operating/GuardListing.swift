/// A line of the operator's list of guards.
package struct GuardListing: Equatable, Sendable {
  /// Without the folder that its file stands in: `quiet_hours`.
  package var name: String
  /// What is set for all tenants.
  package var parameters: [Parameter]
  /// What is set for some, in the order of the tenants.
  package var own: [(tenant: TenantID, parameters: [Parameter])]

  /// `own` must be in the order of the tenants.
  package init(name: String, parameters: [Parameter], own: [(tenant: TenantID, parameters: [Parameter])]) {
    (self.name, self.parameters, self.own) = (name, parameters, own)
  }

  package static func == (left: GuardListing, right: GuardListing) -> Bool {
    left.name == right.name && left.parameters == right.parameters
      && left.own.elementsEqual(right.own) { $0.tenant == $1.tenant && $0.parameters == $1.parameters }
  }
}
