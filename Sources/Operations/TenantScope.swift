import Routing

/// The tenants that an action may change: one, or all that it applies to.
package struct TenantScope: Equatable, Sendable {
  /// The most tenants that a refusal names.
  private static let namesMax = 10

  /// Nil for all tenants.
  package let tenant: TenantID?
  /// Whether the caller agreed to change several tenants at once.
  package let allowsSeveral: Bool

  /// `tenant` nil: all tenants, but only one of them may change unless `allowsSeveral`.
  package init(tenant: TenantID?, allowsSeveral: Bool = false) {
    (self.tenant, self.allowsSeveral) = (tenant, allowsSeveral)
  }

  /// Throws `consentRequired` if several tenants would change without consent, and `reasonRequired` if they would change without a
  /// reason. `tenants` are those that would change.
  package func expectConsent(toChange tenants: [TenantID], reason: String?) throws {
    guard tenants.count > 1 else { return }
    let names = tenants.prefix(Self.namesMax).map(\.text).joined(separator: ", ")
    let list = tenants.count > Self.namesMax ? "\(names) and \(tenants.count - Self.namesMax) more" : names
    guard allowsSeveral else {
      throw Problem(
        .consentRequired,
        "this would change \(tenants.count) tenants: \(list); nothing was changed. Name one with --tenant, or change "
          + "all of them with --all-tenants --reason TEXT")
    }
    guard reason != nil else {
      throw Problem(
        .reasonRequired,
        "--all-tenants requires --reason TEXT, since \(tenants.count) tenants would change: \(list); "
          + "nothing was changed")
    }
  }
}

extension OperatorNote {
  /// The reason of an action that requires one; `action` names it in errors. Throws `reasonRequired`.
  func expectReason(for action: String) throws -> String {
    guard let reason else { throw Problem(.reasonRequired, "\(action) requires a reason") }
    return reason
  }
}
