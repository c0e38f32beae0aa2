internal import GRDB
import Routing

/// The statements that read due steps, prepared once on one connection.
///
/// Sequences, steps and devices repeat from row to row and are looked up once a batch; what differs is read in one
/// walk along the index `sequence_contacts_due`.
final class DueStatements {
  let due: RawStatement
  let step: RawStatement
  let device: RawStatement
  let message: RawStatement
  let recentMessages: RawStatement
  let zones: any ZoneOffsets
  /// What the leads' tags and attributes were read as, which a text alone decides: kept from batch to batch.
  // Reading a text never comes back here, so no access overlaps another.
  @exclusivity(unchecked) var tags = ReadTexts<[String]>()
  @exclusivity(unchecked) var attributes = ReadTexts<[Parameter]>()

  /// `due`: a statement with the columns of `CycleSQL.due`.
  init(_ db: Database, zones: any ZoneOffsets, due sql: String = CycleSQL.due) throws {
    due = try RawStatement(db, sql)
    step = try RawStatement(db, CycleSQL.step)
    device = try RawStatement(db, CycleSQL.device)
    message = try RawStatement(db, CycleSQL.carrying)
    recentMessages = try RawStatement(db, CycleSQL.recentMessages)
    self.zones = zones
  }
}
