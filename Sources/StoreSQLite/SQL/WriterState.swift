import Routing
import StoreSQL

/// What belongs to the writer's connection.
///
/// `@unchecked Sendable`: it is touched only inside the pool's write closures, which run one at a time.
final class WriterState: @unchecked Sendable {
  private var cycle: CycleStatements?
  private var chains: [TenantKey: FleetChain] = [:]
  /// What is to be done when the transaction at hand is committed.
  private var afterwards: [() -> Void] = []

  /// The cycle's statements, prepared at the first call.
  func statements(_ db: SQLiteConnection, zones: any ZoneOffsets) throws -> CycleStatements {
    if let cycle { return cycle }
    let prepared = try CycleStatements(db, zones: zones)
    cycle = prepared
    return prepared
  }

  /// Where a tenant's record stands, as far as this process has written it.
  func chain(of tenant: TenantKey) -> FleetChain? { chains[tenant] }

  /// Takes over what a committed transaction has recorded of a tenant.
  func recorded(_ chain: FleetChain, of tenant: TenantKey) { chains[tenant] = chain }

  /// A transaction begins. What one that was rolled back wanted to be done is forgotten.
  func begin() { afterwards.removeAll() }

  func afterCommit(_ body: @escaping () -> Void) { afterwards.append(body) }

  func committed() {
    for body in afterwards { body() }
    afterwards.removeAll()
  }
}
