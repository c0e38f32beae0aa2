/// `limit_queue` and rollback limits get their names: earlier versions called them `limit_in_flight` and a canary's guards.
enum Migration13 {
  static let sql = """
    -- limit_queue: the most messages that may be queued and in flight on a device together.
    ALTER TABLE user_devices RENAME COLUMN limit_in_flight TO limit_queue;
    -- canary_rollback_limits: the limits at which the canary is rolled back.
    ALTER TABLE policy_changes RENAME COLUMN canary_guards TO canary_rollback_limits;
    -- The key of the limit that a canary exceeded; it stays the first one of the object.
    UPDATE policy_changes SET evidence = json_patch(
      json_object('rollback_limit', json_extract(evidence, '$.guard')), json_remove(evidence, '$.guard'))
    WHERE json_type(evidence, '$.guard') IS NOT NULL;
    """
}
