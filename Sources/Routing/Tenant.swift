/// One customer of the fleet's operator: owner of devices, leads, sequences and policies.
package struct Tenant: Equatable, Sendable {
  package var key: TenantKey
  package var id: TenantID
  package var name: String
  /// An IANA zone name.
  package var timeZone: String
  /// The policies asked in order; never empty.
  package var policies: [String]
  /// What the tenant sets of its policies' parameters, in the order given.
  package var parameters: [Parameter]
  /// How long a message may wait on a device that cannot send before the policy's `stalled` hook is asked; seconds.
  package var patienceSeconds: Int64

  package static let defaultPolicy = "assigned"
  package static let defaultPatienceSeconds: Int64 = 900

  package init(
    key: TenantKey, id: TenantID, name: String? = nil, timeZone: String = "UTC",
    policies: [String] = [Tenant.defaultPolicy], parameters: [Parameter] = [],
    patienceSeconds: Int64 = Tenant.defaultPatienceSeconds
  ) {
    self.key = key
    self.id = id
    self.name = name ?? id.text
    self.timeZone = timeZone
    self.policies = policies
    self.parameters = parameters
    self.patienceSeconds = patienceSeconds
  }
}

/// A named value that a policy reads.
package struct Parameter: Equatable, Sendable {
  package var name: String
  package var value: Scalar
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
