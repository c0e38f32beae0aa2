/// A hold: it stops sending for the whole store or for one tenant until somebody releases it. Deciding continues.
package struct SendingHold: Equatable, Sendable {
  /// Who or what stopped sending. Each kind is ended by its own command.
  package enum Kind: String, CaseIterable, Sendable {
    /// A person, with `usher hold`; `usher release` ends it.
    case `operator`
    /// Times in the store are ahead of the machine's clock.
    case clock
    /// The store is older than the messages sent from it.
    case restore
    /// The store was moved or copied to another machine.
    case machine
    /// The hold file next to the store cannot be read. It is unknown what it stops, so everything stops.
    case unreadable
  }

  /// Nil for the whole store.
  package var tenant: TenantID?
  /// Who or what stopped sending, which determines the command that ends the hold.
  package var kind: Kind
  /// The operator's reason, or what the program detected.
  package var reason: String
  /// Who started it.
  package var actor: Actor
  /// When it began; part of `key`.
  package var at: Instant

  /// By default an operator's hold.
  package init(tenant: TenantID?, kind: Kind = .operator, reason: String, actor: Actor, at: Instant) {
    (self.tenant, self.kind, self.reason, self.actor, self.at) = (tenant, kind, reason, actor, at)
  }

  /// The code of the reason; nil for an operator's own reason.
  package var code: ReasonCode? {
    switch kind {
    case .operator: nil
    case .clock: .clockHold
    case .restore: .restoreHold
    case .machine: .machineHold
    case .unreadable: .unreadableHold
    }
  }

  /// Identifies a hold: at most one hold of a kind is in force for each scope.
  package var key: String { "\(kind.rawValue) \(at.milliseconds) \(tenant?.text ?? "")" }

  /// Whether both have the same kind, and the same tenant or no tenant. Only one such hold can be in force.
  package func hasScope(of other: SendingHold) -> Bool { tenant == other.tenant && kind == other.kind }

  /// Such as `sending is on hold since 2026-11-22T09:00:00Z by ann: provider outage`.
  package var sentence: String { "sending\(scope) is on hold\(details)" }

  private var scope: String { tenant.map { " for \($0)" } ?? "" }

  /// The text after "is on hold".
  package var details: String {
    switch kind {
    case .unreadable: ": \(reason)"
    case .operator: " since \(at.rfc3339) by \(actor.name): \(reason)"
    case .clock, .restore, .machine: " (\(kind.rawValue)) since \(at.rfc3339) by \(actor.name): \(reason)"
    }
  }
}

extension [SendingHold] {
  /// The hold that stops a tenant's messages; the hold of the whole store takes precedence over the tenant's own.
  package func covering(_ tenant: TenantID) -> SendingHold? {
    first { $0.tenant == nil } ?? first { $0.tenant == tenant }
  }

  /// The hold of the whole store.
  package var ofStore: SendingHold? { first { $0.tenant == nil } }

  /// These holds, plus each of `others` for which this list has no hold of the same scope and kind.
  package func joined(by others: [SendingHold]) -> [SendingHold] {
    self + others.filter { other in !contains { $0.hasScope(of: other) } }
  }
}
