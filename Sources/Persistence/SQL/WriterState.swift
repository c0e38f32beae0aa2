internal import GRDB

/// What belongs to the writer's connection.
///
/// `@unchecked Sendable`: it is touched only inside the pool's write closures, which run one at a time.
final class WriterState: @unchecked Sendable {
  private var cycle: CycleStatements?

  /// The cycle's statements, prepared at the first call.
  func statements(_ db: Database) throws -> CycleStatements {
    if let cycle { return cycle }
    let prepared = try CycleStatements(db)
    cycle = prepared
    return prepared
  }
}
