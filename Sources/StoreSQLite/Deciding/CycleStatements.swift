import Routing
import StoreSQL

/// The statements of a batch of decisions, prepared once on the writer's connection.
final class CycleStatements {
  let due: DueStatements
  let waitlists: WaitlistStatements
  let generation: SQLiteStatement
  let generationBeginning: SQLiteStatement
  let revision: SQLiteStatement
  let decision: SQLiteStatement
  let message: SQLiteStatement
  let queue: SQLiteStatement
  let assign: SQLiteStatement
  let assignment: SQLiteStatement
  let narrowed: SQLiteStatement
  let wait: SQLiteStatement
  let quarantine: SQLiteStatement
  let updateEnrolment: SQLiteStatement
  let nextDecision: SQLiteStatement
  let fleet: SQLiteStatement
  let extendFleet: SQLiteStatement
  let record: RecordStatements

  init(_ db: SQLiteConnection, zones: any ZoneOffsets) throws {
    due = try DueStatements(db, zones: zones)
    waitlists = try WaitlistStatements(db, zones: zones)
    generation = try db.keep(CycleSQL.generation)
    generationBeginning = try db.keep(CycleSQL.generationBeginning)
    revision = try db.keep(CycleSQL.revision)
    decision = try db.keep(CycleSQL.decision)
    message = try db.keep(CycleSQL.message)
    queue = try db.keep(CycleSQL.queue)
    assign = try db.keep(CycleSQL.assign)
    assignment = try db.keep(CycleSQL.assignment)
    narrowed = try db.keep(CycleSQL.narrowed)
    wait = try db.keep(CycleSQL.wait)
    quarantine = try db.keep(CycleSQL.quarantine)
    updateEnrolment = try db.keep(CycleSQL.updateEnrolment)
    nextDecision = try db.keep(CycleSQL.nextDecision)
    fleet = try db.keep(CycleSQL.fleet)
    extendFleet = try db.keep(CycleSQL.extendFleet)
    record = try RecordStatements(db)
  }
}
