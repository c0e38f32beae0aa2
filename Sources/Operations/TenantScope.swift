import Routing

/// Which tenants an action may change: one, or every tenant that it applies to.
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

  /// Throws `consentRequired` if several tenants would change without consent, and `reasonRequired` if they would change
  /// without a reason. Tenants that exist and stay as they are do not count.
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
        "--all-tenants: expected --reason TEXT with it, since \(tenants.count) tenants would change: \(list); "
          + "nothing was changed")
    }
  }
}

extension OperatorNote {
  /// The reason of an action that must not go without one; `action` is what needs it. Throws `reasonRequired`.
  func expectReason(for action: String) throws -> String {
    guard let reason else { throw Problem(.reasonRequired, "\(action) needs a reason, for the record") }
    return reason
  }
}
