/// A customer of the fleet's operator: owns devices, leads, sequences and policies.
package struct Tenant: Equatable, Sendable {
  /// The row in the store; tenants are listed in order of their keys.
  package var key: TenantKey
  /// The id in commands; unique in the store.
  package var id: TenantID
  /// The display name, which need not be unique; the id if none was given.
  package var name: String
  /// An IANA zone name.
  package var timeZone: String
  /// The policies in evaluation order; never empty.
  package var policies: [String]
  /// The tenant's own values of policy parameters, in the order given.
  package var parameters: [Parameter]
  /// The operator's guards, in evaluation order after the policies.
  package var guards: [GuardSetting]
  /// How long a message may wait on a device that cannot send before the policy's `stalled` hook is called; seconds.
  package var patienceSeconds: Int64
  /// The percentage of each limit of a device that bulk messages may use, from 0 to 100.
  package var bulkShare: Int

  /// The policy of a tenant without its own list: it uses each contact's assigned device.
  package static let defaultPolicy = "assigned"
  /// 15 minutes.
  package static let defaultPatienceSeconds: Int64 = 900
  /// 80 %: a fifth of each device's capacity stays free for other messages.
  package static let defaultBulkShare = 80

  /// By default a tenant in UTC with the policy `assigned` and no guards.
  package init(
    key: TenantKey, id: TenantID, name: String? = nil, timeZone: String = "UTC",
    policies: [String] = [Tenant.defaultPolicy], parameters: [Parameter] = [], guards: [GuardSetting] = [],
    patienceSeconds: Int64 = Tenant.defaultPatienceSeconds, bulkShare: Int = Tenant.defaultBulkShare
  ) {
    self.key = key
    self.id = id
    self.name = name ?? id.text
    self.timeZone = timeZone
    self.policies = policies
    self.parameters = parameters
    self.guards = guards
    self.patienceSeconds = patienceSeconds
    self.bulkShare = bulkShare
  }
}

/// A guard that the operator installed, with its parameters for one tenant.
package struct GuardSetting: Equatable, Sendable {
  /// The file's name without folder and extension: `quiet_hours`.
  package var name: String
  /// The values for all tenants, overridden by the tenant's own, in the order given.
  package var parameters: [Parameter]

  /// Without parameters, the guard's own defaults apply.
  package init(name: String, parameters: [Parameter] = []) { (self.name, self.parameters) = (name, parameters) }
}

/// A named value that policies read.
package struct Parameter: Equatable, Sendable {
  /// The key in `params` or `attributes` of a script.
  package var name: String
  /// Never nil: a missing value is represented by leaving out the parameter.
  package var value: Scalar
  /// Neither name nor value is validated.
  package init(_ name: String, _ value: Scalar) { (self.name, self.value) = (name, value) }
}

/// A single value of a parameter or an attribute.
package enum Scalar: Equatable, Sendable {
  case boolean(Bool)
  case integer(Int64)
  /// Always finite.
  case number(Double)
  case text(String)
}
