/// One customer of the fleet's operator: owner of devices, leads, sequences and policies.
package struct Tenant: Equatable, Sendable {
  /// The row in the store; tenants are listed in its order.
  package var key: TenantKey
  /// As commands name it; unique in the store.
  package var id: TenantID
  /// As people call it; not unique. The id where none was given.
  package var name: String
  /// An IANA zone name.
  package var timeZone: String
  /// The policies asked in order; never empty.
  package var policies: [String]
  /// What the tenant sets of its policies' parameters, in the order given.
  package var parameters: [Parameter]
  /// The operator's guards that are asked after them, in that order.
  package var guards: [GuardSetting]
  /// How long a message may wait on a device that cannot send before the policy's `stalled` hook is asked; seconds.
  package var patienceSeconds: Int64

  /// What a tenant without a list of its own uses: each contact's assigned device.
  package static let defaultPolicy = "assigned"
  /// 15 minutes.
  package static let defaultPatienceSeconds: Int64 = 900

  /// Defaults describe a tenant in UTC with the policy `assigned` and no guards.
  package init(
    key: TenantKey, id: TenantID, name: String? = nil, timeZone: String = "UTC",
    policies: [String] = [Tenant.defaultPolicy], parameters: [Parameter] = [], guards: [GuardSetting] = [],
    patienceSeconds: Int64 = Tenant.defaultPatienceSeconds
  ) {
    self.key = key
    self.id = id
    self.name = name ?? id.text
    self.timeZone = timeZone
    self.policies = policies
    self.parameters = parameters
    self.guards = guards
    self.patienceSeconds = patienceSeconds
  }
}

/// A guard that the operator set up, with what it set of its parameters for all tenants and for this one.
package struct GuardSetting: Equatable, Sendable {
  /// Without the folder that its file stands in: `quiet_hours`.
  package var name: String
  /// The tenant's values over those for all tenants, in the order given.
  package var parameters: [Parameter]

  /// Without parameters, the guard's own defaults hold.
  package init(name: String, parameters: [Parameter] = []) { (self.name, self.parameters) = (name, parameters) }
}

/// A named value that a policy reads.
package struct Parameter: Equatable, Sendable {
  /// As scripts read it in `params` or `attributes`.
  package var name: String
  /// Never nil: a value that is missing is a parameter that is missing.
  package var value: Scalar
  /// Neither name nor value is checked.
  package init(_ name: String, _ value: Scalar) { (self.name, self.value) = (name, value) }
}

/// A value without parts, as parameters and attributes hold.
package enum Scalar: Equatable, Sendable {
  case boolean(Bool)
  case integer(Int64)
  /// Always finite.
  case number(Double)
  case text(String)
}
