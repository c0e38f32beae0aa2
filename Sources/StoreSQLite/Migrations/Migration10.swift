/// Named attributes of devices, and when a device was activated.
enum Migration10 {
  static let sql = """
    ALTER TABLE user_devices ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}' CHECK (json_type(attributes) = 'object');
    -- activated_at: from when policies count the age of a device. Imports fill it, and a device that is here already is as old as
    -- the earliest time on record of it. Costs a walk over the index of sent attempts.
    ALTER TABLE user_devices ADD COLUMN activated_at INTEGER;
    UPDATE user_devices SET activated_at = first.at
    FROM (
      SELECT device_id, min(at) AS at FROM (
        SELECT id AS device_id, created_at AS at FROM user_devices
        UNION ALL SELECT id, last_seen_at FROM user_devices WHERE last_seen_at IS NOT NULL
        UNION ALL SELECT id, last_sent_at FROM user_devices WHERE last_sent_at IS NOT NULL
        UNION ALL SELECT device_id, at FROM device_events
        UNION ALL SELECT device_id, finished_at FROM attempts
          WHERE outcome IN ('accepted', 'unknown') AND finished_at IS NOT NULL
      ) GROUP BY device_id
    ) first
    WHERE first.device_id = user_devices.id;
    """
}
