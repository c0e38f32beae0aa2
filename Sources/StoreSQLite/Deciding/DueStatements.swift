import Routing
import StoreSQL

/// The statements that read due steps, prepared once on one connection.
///
/// Sequences, steps and devices repeat from row to row and are looked up once a batch; other columns are read in one
/// walk along the index `sequence_contacts_due`.
final class DueStatements {
  let due: SQLiteStatement
  let step: SQLiteStatement
  let device: SQLiteStatement
  let message: SQLiteStatement
  let recentMessages: SQLiteStatement
  let zones: any ZoneOffsets
  /// The decoded tags and attributes of leads. They depend only on their JSON, so they are kept from batch to batch.
  // Decoding never calls back into this object, so no accesses overlap.
  @exclusivity(unchecked) var tags = ReadTexts<[String]>()
  @exclusivity(unchecked) var attributes = ReadTexts<[Parameter]>()

  /// `due` is a statement with the columns of `CycleSQL.due`.
  init(_ db: SQLiteConnection, zones: any ZoneOffsets, due sql: String = CycleSQL.due) throws {
    due = try db.keep(sql)
    step = try db.keep(CycleSQL.step)
    device = try db.keep(CycleSQL.device)
    message = try db.keep(CycleSQL.carrying)
    recentMessages = try db.keep(CycleSQL.recentMessages)
    self.zones = zones
  }
}
