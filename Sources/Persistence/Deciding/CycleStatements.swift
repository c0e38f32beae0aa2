internal import GRDB
import Routing

/// The statements of a batch of decisions, prepared once on the writer's connection.
final class CycleStatements {
  let due: DueStatements
  let generation: RawStatement
  let generationBeginning: RawStatement
  let revision: RawStatement
  let decision: RawStatement
  let message: RawStatement
  let queue: RawStatement
  let assign: RawStatement
  let assignment: RawStatement
  let narrowed: RawStatement
  let wait: RawStatement
  let quarantine: RawStatement
  let settle: RawStatement
  let nextDecision: RawStatement
  let fleet: RawStatement
  let extendFleet: RawStatement
  let record: RecordStatements

  init(_ db: Database, zones: any ZoneOffsets) throws {
    due = try DueStatements(db, zones: zones)
    generation = try RawStatement(db, CycleSQL.generation)
    generationBeginning = try RawStatement(
      db, "SELECT after_decision_id FROM policy_changes WHERE tenant_id = ?1 AND generation = ?2")
    revision = try RawStatement(db, CycleSQL.revision)
    decision = try RawStatement(db, CycleSQL.decision)
    message = try RawStatement(db, CycleSQL.message)
    queue = try RawStatement(db, CycleSQL.queue)
    assign = try RawStatement(db, CycleSQL.assign)
    assignment = try RawStatement(db, CycleSQL.assignment)
    narrowed = try RawStatement(db, CycleSQL.narrowed)
    wait = try RawStatement(db, CycleSQL.wait)
    quarantine = try RawStatement(db, CycleSQL.quarantine)
    settle = try RawStatement(db, CycleSQL.settle)
    nextDecision = try RawStatement(db, CycleSQL.nextDecision)
    fleet = try RawStatement(db, CycleSQL.fleet)
    extendFleet = try RawStatement(db, CycleSQL.extendFleet)
    record = try RecordStatements(db)
  }
}
