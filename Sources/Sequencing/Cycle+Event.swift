import Policies
import Routing

extension Cycle {
  /// What a cycle reports besides its counts; `text` puts it into words.
  package enum Event: Sendable {
    /// A tenant's policies changed, by this process, by an operator, or while no process ran.
    case lineupChanged(LineupChange)
    /// The file of a policy or guard was refused. With `hasLastGood` an earlier revision stays in use; without it the
    /// tenant's contacts wait.
    case policyRefused(tenant: TenantID, policy: String, message: String, hasLastGood: Bool)
    /// A refused file is valid again, exists again, or is no longer needed.
    case refusalEnded(tenant: TenantID, policy: String)
    /// A valid file is not in use until it is edited or an operator activates it.
    case fileHeld(tenant: TenantID, policy: String, reason: String)
    /// The policy failed for so many contacts that it was suspended: the tenant's contacts wait.
    case policySuspended(tenant: TenantID, streak: PolicyStreak)
    /// A probe of a suspended revision succeeded, another revision replaced it, or suspending was turned off.
    case suspensionEnded(tenant: TenantID, streak: PolicyStreak)
    /// The canary exceeded a rollback limit: from now on the live policies decide for all contacts.
    case canaryRolledBack(tenant: TenantID, generation: Int64, evidence: CanaryEvidence)
    /// A shadow failed for so many contacts that it is no longer evaluated. Nothing else is affected.
    case shadowRests(tenant: TenantID, explanation: String)
    /// Another process changed the tenant's policies during the cycle: the tenant's contacts wait for the next cycle.
    case tenantGivenUp(tenant: TenantID)
    /// Waits of a tenant were decided again after a change: some so far, or all of them.
    case woken(tenant: TenantID, wake: Wake)
    /// Events of the same kind and time, of more tenants than are reported individually.
    case many([Event])

    /// The event's tenant; for many events, that of the first one.
    package var tenant: TenantID {
      switch self {
      case .lineupChanged(let change): change.tenant
      case .policyRefused(let tenant, _, _, _), .refusalEnded(let tenant, _), .fileHeld(let tenant, _, _),
        .policySuspended(let tenant, _), .suspensionEnded(let tenant, _), .canaryRolledBack(let tenant, _, _),
        .shadowRests(let tenant, _), .tenantGivenUp(let tenant), .woken(let tenant, _):
        tenant
      case .many(let events): events[0].tenant
      }
    }
  }

  /// The maximum number of events of one kind that a cycle reports individually; more of them become one line.
  package static let eventsMax = 20

  // MARK: - Reporting

  /// Reports events individually, or as one line for each kind if there are many.
  func say(_ events: [Event]) {
    guard events.count > Cycle.eventsMax else { return events.forEach(report) }
    var kinds: [(message: String, events: [Event])] = []
    for event in events {
      let message = event.text.message
      if let place = kinds.firstIndex(where: { $0.message == message }) {
        kinds[place].events.append(event)
      } else {
        kinds.append((message, [event]))
      }
    }
    for kind in kinds {
      if kind.events.count > Cycle.eventsMax { report(.many(kind.events)) } else { kind.events.forEach(report) }
    }
  }

  /// Reports each change of policies that no process has reported yet, then `events`, and records that the changes were
  /// reported. Costs nothing if nothing changed, neither since the last call nor by this process (`hasBegun`). A change
  /// is recorded before it is reported: if this process ends in between, the next one reports it.
  func logChanges(hasBegun: Bool, then events: [Event] = []) throws {
    let last: Int64
    let changes: [LineupChange]
    do {
      last = try logged ?? store.read { try $0.lastLoggedChange() }
      logged = last
      guard generations.seen > last || hasBegun else { return say(events) }
      changes = try store.read { try $0.lineupChanges(after: last) }
    } catch {
      say(events)
      throw error
    }
    say(changes.map(Event.init) + events)
    let said = changes.last?.id ?? generations.seen
    if said > last { try store.recordLogged(upTo: said, epoch: epoch) }
    logged = said
  }
}

extension Cycle.Event {
  init(_ change: LineupChange) {
    if let evidence = change.change.evidence {
      self = .canaryRolledBack(tenant: change.tenant, generation: change.generation, evidence: evidence)
    } else {
      self = .lineupChanged(change)
    }
  }
}
