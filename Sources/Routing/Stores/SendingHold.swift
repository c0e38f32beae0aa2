/// Sending stopped for a whole store or for one tenant, until somebody releases it. Deciding goes on.
package struct SendingHold: Equatable, Sendable {
  /// Who or what stopped sending. Each kind ends by a command of its own.
  package enum Kind: String, CaseIterable, Sendable {
    /// A person, with `usher hold`; `usher release` ends it.
    case `operator`
    /// Times in the store are ahead of the machine's clock.
    case clock
    /// The store is older than what was sent from it.
    case restore
    /// The store was moved or copied to another machine.
    case machine
    /// The hold file beside the store cannot be read: nobody knows what it stops, so it stops everything.
    case unreadable
  }

  /// Nil for the whole store.
  package var tenant: TenantID?
  /// Who or what stopped sending, and so which command ends it.
  package var kind: Kind
  /// The operator's words, or what the program found.
  package var reason: String
  /// Who started it.
  package var actor: Actor
  /// When it began; part of `key`.
  package var at: Instant

  /// An operator's hold unless another kind is given.
  package init(tenant: TenantID?, kind: Kind = .operator, reason: String, actor: Actor, at: Instant) {
    (self.tenant, self.kind, self.reason, self.actor, self.at) = (tenant, kind, reason, actor, at)
  }

  /// What tells one hold from another: at most one of a kind is in force for a scope.
  package var key: String { "\(kind.rawValue) \(at.milliseconds) \(tenant?.text ?? "")" }

  /// Whether one would take the other's place: same tenant, or both the store's, and same kind.
  package func hasScope(of other: SendingHold) -> Bool { tenant == other.tenant && kind == other.kind }

  /// `sending is on hold since 2026-11-22T09:00:00Z by ann: provider outage`
  package var sentence: String { "sending\(scope) is on hold\(details)" }

  private var scope: String { tenant.map { " for \($0)" } ?? "" }

  /// What follows "is on hold".
  package var details: String {
    switch kind {
    case .unreadable: ": \(reason)"
    case .operator: " since \(at.rfc3339) by \(actor.name): \(reason)"
    case .clock, .restore, .machine: " (\(kind.rawValue)) since \(at.rfc3339) by \(actor.name): \(reason)"
    }
  }
}

extension [SendingHold] {
  /// The hold that stops a tenant's messages: that of the whole store before the tenant's own.
  package func covering(_ tenant: TenantID) -> SendingHold? {
    first { $0.tenant == nil } ?? first { $0.tenant == tenant }
  }

  /// The one that stops everything.
  package var ofStore: SendingHold? { first { $0.tenant == nil } }

  /// These, and of `others` those whose scope and kind are not among them.
  package func joined(by others: [SendingHold]) -> [SendingHold] {
    self + others.filter { other in !contains { $0.hasScope(of: other) } }
  }
}
