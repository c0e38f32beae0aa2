import Routing
import StoreSQL

/// State of the writer's connection.
///
/// `@unchecked Sendable`: only the pool's write closures use it, and they run one at a time.
final class WriterState: @unchecked Sendable {
  private var cycle: CycleStatements?
  private var chains: [TenantKey: FleetChain] = [:]
  private var waitlists: (epoch: LeaderEpoch?, memories: [TenantKey: WaitlistMemory]) = (nil, [:])
  /// Actions to run when the current transaction is committed.
  private var afterwards: [() -> Void] = []

  /// The cycle's statements, prepared at the first call.
  func statements(_ db: SQLiteConnection, zones: any ZoneOffsets) throws -> CycleStatements {
    if let cycle { return cycle }
    let prepared = try CycleStatements(db, zones: zones)
    cycle = prepared
    return prepared
  }

  /// The end of a tenant's chain of fleet records, as far as this process has written it.
  func chain(of tenant: TenantKey) -> FleetChain? { chains[tenant] }

  /// Stores the new end of a tenant's chain, after the commit.
  func recorded(_ chain: FleetChain, of tenant: TenantKey) { chains[tenant] = chain }

  /// What this process knows of a tenant's waitlists. Nothing in a new epoch: another process may have led meanwhile.
  func waitlists(of tenant: TenantKey, under epoch: LeaderEpoch) -> WaitlistMemory {
    if waitlists.epoch != epoch { waitlists = (epoch, [:]) }
    return waitlists.memories[tenant] ?? WaitlistMemory()
  }

  /// Stores what a batch learned of a tenant's waitlists, after the commit.
  func remember(_ memory: WaitlistMemory, of tenant: TenantKey) { waitlists.memories[tenant] = memory }

  /// Begins a transaction; drops the actions of one that was rolled back.
  func begin() { afterwards.removeAll() }

  func afterCommit(_ body: @escaping () -> Void) { afterwards.append(body) }

  func committed() {
    for body in afterwards { body() }
    afterwards.removeAll()
  }
}
