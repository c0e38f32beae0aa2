import Policies
import Routing

extension Cycle {
  /// What a cycle has to say beside its counts; `text` puts it into words.
  package enum Event: Sendable {
    /// What decides for a tenant changed, by this process, by an operator, or while no process ran.
    case lineupChanged(LineupChange)
    /// A policy's or guard's file was refused. `hasLastGood`: an earlier revision goes on; else the tenant's contacts wait.
    case policyRefused(tenant: TenantID, policy: String, message: String, hasLastGood: Bool)
    /// A file that was refused passes, is back, or is not needed any more.
    case refusalEnded(tenant: TenantID, policy: String)
    /// A file that passes is not what decides, until it is edited or an operator activates it.
    case fileHeld(tenant: TenantID, policy: String, reason: String)
    /// The policy failed so often in a row that it is not asked any more: the tenant's contacts wait.
    case policySuspended(tenant: TenantID, streak: PolicyStreak)
    /// Another revision took the place of a suspended one, or nothing is to be suspended any more.
    case suspensionEnded(tenant: TenantID, streak: PolicyStreak)
    /// A canary's guard asked for it: the live policies decide for everyone from now on.
    case canaryRolledBack(tenant: TenantID, generation: Int64, evidence: CanaryEvidence)
    /// A shadow failed so often in a row that it is not asked any more; nothing else is held up by it.
    case shadowRests(tenant: TenantID, fault: String)
    /// Another process changed what decides while this one was deciding: the tenant's contacts wait for the next cycle.
    case tenantGivenUp(tenant: TenantID)
    /// Events of one kind and one moment, of more tenants than are said one by one.
    case many([Event])

    /// Whose event it is; of many events, the first one's.
    package var tenant: TenantID {
      switch self {
      case .lineupChanged(let change): change.tenant
      case .policyRefused(let tenant, _, _, _), .refusalEnded(let tenant, _), .fileHeld(let tenant, _, _),
        .policySuspended(let tenant, _), .suspensionEnded(let tenant, _), .canaryRolledBack(let tenant, _, _),
        .shadowRests(let tenant, _), .tenantGivenUp(let tenant):
        tenant
      case .many(let events): events[0].tenant
      }
    }
  }

  /// The most events of one kind that a look at the policies says one by one: more of them become one line.
  package static let eventsMax = 20

  // MARK: - Saying

  /// Says events one by one, or a line for each kind of which there are many.
  private func say(_ events: [Event]) {
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

  /// Says each change of what decides that no process has said yet, then `events`, and records that the changes were said.
  /// Costs nothing when nothing changed: neither since the last look, nor by this process (`hasBegun`). A change is on record
  /// before it is said: when this process ends in between, the next one says it.
  func sayChanges(hasBegun: Bool, then events: [Event] = []) throws {
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
