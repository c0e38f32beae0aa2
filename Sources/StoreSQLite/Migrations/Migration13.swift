/// `limit_queue` gets its name: earlier versions called it `limit_in_flight`.
enum Migration13 {
  static let sql = """
    -- limit_queue: the most messages that may be queued and in flight on a device together.
    ALTER TABLE user_devices RENAME COLUMN limit_in_flight TO limit_queue;
    """
}
