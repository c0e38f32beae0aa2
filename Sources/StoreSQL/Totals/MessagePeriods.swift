import Routing

/// The first message of each ten minutes, by which a report finds the messages of its window: messages have no index on
/// the time when they were made.
///
/// Keys of messages need not ascend with that time: the smallest key of the periods from a time on is a lower bound for all
/// messages made then or later.
package enum MessagePeriods {
  private static let length: Int64 = 600_000

  /// Records the `count` messages that this transaction made last, all at `moment`. Costs two rows for a batch.
  package static func note(last count: Int, createdAt moment: Instant, in db: any SQLConnection) throws {
    guard let last = try db.value("SELECT max(id) FROM broadcast_messages", as: Int64.self) else { return }
    try note(last - Int64(count) + 1, createdAt: moment.milliseconds, in: db)
  }

  /// Records a message by its key; the time in UTC milliseconds.
  static func note(_ key: Int64, createdAt milliseconds: Int64, in db: any SQLConnection) throws {
    try db.change(
      """
      INSERT INTO message_periods (period, first_id) VALUES (?1, ?2)
      ON CONFLICT (period) DO UPDATE SET first_id = min(message_periods.first_id, excluded.first_id)
      """, [milliseconds / length, key])
  }

  /// Records the queued messages whose times were changed to `since` or later. Walks over the queued messages.
  static func noteQueued(since: Instant, in db: any SQLConnection) throws {
    try db.change(
      """
      INSERT INTO message_periods (period, first_id)
      SELECT created_at / \(length), min(id) FROM broadcast_messages
      WHERE status = 'pending' AND created_at >= ?1 GROUP BY created_at / \(length)
      ON CONFLICT (period) DO UPDATE SET first_id = min(message_periods.first_id, excluded.first_id)
      """, [since.milliseconds])
  }

  /// No message made at `since` or later has a smaller key; nil if there are no such messages. Costs a row for each ten
  /// minutes with messages since then.
  static func first(since: Instant, in db: any SQLConnection) throws -> Int64? {
    try db.value("SELECT min(first_id) FROM message_periods WHERE period >= ?1", [since.milliseconds / length])
  }
}
