/// Waitlists, priorities, and waking contacts after a change. A check keeps contacts that do not wait off waitlists (I-73).
enum Migration14 {
  static let sql = """
    -- What contacts wait for: a device, the whole fleet (neither column), or the devices of a filter (canonical JSON).
    CREATE TABLE waitlists (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      device_id INTEGER,
      filter TEXT CHECK (filter IS NULL OR json_type(filter) = 'object'),
      FOREIGN KEY (device_id, tenant_id) REFERENCES user_devices (id, tenant_id),
      CHECK (device_id IS NULL OR filter IS NULL)
    ) STRICT;
    CREATE UNIQUE INDEX waitlists_target ON waitlists (tenant_id, ifnull(device_id, 0), ifnull(filter, ''));

    -- The waitlist of a waiting enrolment; NULL if it only waits for a time. priority is that of its step when the wait
    -- began: 0 urgent, 1 normal, 2 bulk. faults counts the faults in a row of this contact.
    ALTER TABLE sequence_contacts ADD COLUMN waitlist_id INTEGER REFERENCES waitlists (id)
      CHECK (waitlist_id IS NULL OR status = 'waiting');
    ALTER TABLE sequence_contacts ADD COLUMN priority INTEGER NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 2);
    ALTER TABLE sequence_contacts ADD COLUMN faults INTEGER NOT NULL DEFAULT 0 CHECK (faults >= 0);
    CREATE INDEX sequence_contacts_waits ON sequence_contacts (tenant_id, waitlist_id, priority, due_at, id, sequence_id)
      WHERE status = 'waiting';

    -- Waits that ended when a device had capacity again, as 0.1.0 wrote them, stand on the fleet's waitlist. Waits after a
    -- fault and those of guards stay as they are.
    INSERT INTO waitlists (tenant_id)
    SELECT DISTINCT tenant_id FROM sequence_contacts WHERE status = 'waiting' AND capacity_at IS NOT NULL;
    UPDATE sequence_contacts
    SET waitlist_id = (SELECT w.id FROM waitlists w WHERE w.tenant_id = sequence_contacts.tenant_id)
    WHERE status = 'waiting' AND capacity_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.id = last_decision_id AND d.error_kind IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM narrowed_choices n WHERE n.decision_id = last_decision_id);

    -- Priorities of steps and messages; bulk_share is the percentage of a device's limits that bulk messages may use.
    ALTER TABLE sequence_steps ADD COLUMN priority INTEGER NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 2);
    ALTER TABLE tenants ADD COLUMN bulk_share INTEGER NOT NULL DEFAULT 80 CHECK (bulk_share BETWEEN 0 AND 100);
    ALTER TABLE broadcast_messages ADD COLUMN priority INTEGER NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 2);
    DROP INDEX broadcast_messages_pending;
    CREATE INDEX broadcast_messages_pending ON broadcast_messages (device_id, priority, id) WHERE status = 'pending';

    -- waitlist is the answer's, as JSON: "fleet", {"device":"D1"}, {"tag":"vip"}. priority is the contact's; NULL is normal.
    ALTER TABLE decisions ADD COLUMN waitlist TEXT CHECK (waitlist IS NULL OR outcome = 'wait');
    ALTER TABLE decisions ADD COLUMN priority INTEGER CHECK (priority IS NULL OR priority = 0 OR priority = 2);
    -- The tenant's bulk_share at the time; NULL for records of earlier versions.
    ALTER TABLE fleet_records ADD COLUMN bulk_share INTEGER;

    -- The waits of a tenant that are decided again after a change: those whose last decision is not after
    -- after_decision_id, in the order of the waitlists. The cursor (priority, due_at, contact_id) is the last one made due;
    -- NULL before the first. of_devices: devices changed, and waits on waitlists are left out, except on the one of
    -- retired_device_id. trigger_id is the last waiting trigger that was made due, which comes before the contacts; NULL
    -- once all were. The columns next_* describe the pass that follows because a device changed meanwhile, if
    -- next_after_decision_id is set.
    CREATE TABLE wakes (
      tenant_id INTEGER PRIMARY KEY REFERENCES tenants (id),
      generation INTEGER NOT NULL,
      at INTEGER NOT NULL,
      after_decision_id INTEGER NOT NULL,
      priority INTEGER,
      due_at INTEGER,
      contact_id INTEGER,
      decided INTEGER NOT NULL DEFAULT 0,
      total INTEGER NOT NULL,
      ended_at INTEGER,
      of_devices INTEGER NOT NULL CHECK (of_devices IN (0, 1)),
      retired_device_id INTEGER CHECK (retired_device_id IS NULL OR of_devices = 1),
      next_after_decision_id INTEGER,
      next_of_devices INTEGER NOT NULL DEFAULT 1 CHECK (next_of_devices IN (0, 1)),
      next_retired_device_id INTEGER,
      trigger_id INTEGER DEFAULT 0,
      FOREIGN KEY (retired_device_id, tenant_id) REFERENCES user_devices (id, tenant_id),
      FOREIGN KEY (next_retired_device_id, tenant_id) REFERENCES user_devices (id, tenant_id)
    ) STRICT;
    CREATE INDEX wakes_open ON wakes (tenant_id) WHERE ended_at IS NULL;
    CREATE INDEX lead_triggers_waiting ON lead_triggers (tenant_id, id) WHERE consumed_at IS NULL AND next_at IS NOT NULL;

    -- Pauses of devices that ended by this time have ended the waits that they caused.
    ALTER TABLE store ADD COLUMN pauses_until INTEGER NOT NULL DEFAULT 0;
    UPDATE store SET pauses_until = coalesce((SELECT at FROM decisions ORDER BY id DESC LIMIT 1), 0);
    CREATE INDEX user_devices_paused ON user_devices (paused_until) WHERE paused_until IS NOT NULL;

    -- The last decision when an operator last accepted the clock: decisions up to it may have times ahead of the clock.
    ALTER TABLE store ADD COLUMN clock_decision_id INTEGER NOT NULL DEFAULT 0;
    """
}
