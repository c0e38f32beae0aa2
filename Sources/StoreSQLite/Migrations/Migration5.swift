/// Guards above policies, and contact fields that they read: local time, messages received, moves.
enum Migration5 {
  static let sql = """
    -- An IANA zone; NULL where it is the tenant's.
    ALTER TABLE leads ADD COLUMN time_zone TEXT CHECK (length(time_zone) > 0);

    -- Whether the lead was enrolled a second time. A lead with one enrolment, which nearly all are, has the messages of
    -- that one, and the cycle does not look for others.
    ALTER TABLE leads ADD COLUMN is_enrolled_again INTEGER NOT NULL DEFAULT 0
      CHECK (is_enrolled_again = 0 OR is_enrolled_again = 1);
    UPDATE leads SET is_enrolled_again = 1
    WHERE id IN (SELECT lead_id FROM sequence_contacts GROUP BY lead_id HAVING count(*) > 1);
    CREATE TRIGGER sequence_contacts_again AFTER INSERT ON sequence_contacts
    WHEN EXISTS (SELECT 1 FROM sequence_contacts WHERE lead_id = NEW.lead_id AND id <> NEW.id)
    BEGIN
      UPDATE leads SET is_enrolled_again = 1 WHERE id = NEW.lead_id;
    END;

    -- When a message of the enrolment was sent last, and how often a policy gave it another device.
    ALTER TABLE sequence_contacts ADD COLUMN last_sent_at INTEGER;
    ALTER TABLE sequence_contacts ADD COLUMN moves INTEGER NOT NULL DEFAULT 0 CHECK (moves >= 0);
    UPDATE sequence_contacts SET last_sent_at = sent.at
    FROM (SELECT sequence_contact_id, max(sent_at) AS at FROM broadcast_messages
          WHERE sent_at IS NOT NULL GROUP BY sequence_contact_id) AS sent
    WHERE sequence_contacts.id = sent.sequence_contact_id;
    UPDATE sequence_contacts SET moves = moved.count
    FROM (SELECT sequence_contact_id, count(*) AS count FROM decisions
          WHERE outcome = 'move' AND revision_id IS NOT NULL AND assigned_device_id <> device_id
          GROUP BY sequence_contact_id) AS moved
    WHERE sequence_contacts.id = moved.sequence_contact_id;

    -- More of the contact as the policies saw it; NULL is none, or of utc_offset_minutes the tenant's.
    ALTER TABLE decisions ADD COLUMN utc_offset_minutes INTEGER;
    ALTER TABLE decisions ADD COLUMN messages_day INTEGER;
    ALTER TABLE decisions ADD COLUMN moves INTEGER;
    -- The tenant's zone at that moment.
    ALTER TABLE fleet_records ADD COLUMN utc_offset_minutes INTEGER NOT NULL DEFAULT 0;

    -- The guards that are asked after each tenant's policies, by id in that order. The operator's, not the tenants'.
    CREATE TABLE guards (
      id INTEGER PRIMARY KEY,
      guard TEXT NOT NULL UNIQUE CHECK (length(guard) > 0),
      params TEXT NOT NULL DEFAULT '{}' CHECK (json_type(params) = 'object')
    ) STRICT;
    INSERT INTO guards (id, guard) VALUES (1, 'daily_limit'), (2, 'move_limit');

    -- What the operator sets of a guard's parameters for one tenant, on top of what holds for all.
    CREATE TABLE guard_params (
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      guard TEXT NOT NULL CHECK (length(guard) > 0),
      params TEXT NOT NULL CHECK (json_type(params) = 'object'),
      PRIMARY KEY (tenant_id, guard)
    ) STRICT;

    -- What the policies had chosen where a guard made the contact wait: the decision is the guard's.
    CREATE TABLE narrowed_choices (
      decision_id INTEGER PRIMARY KEY REFERENCES decisions (id),
      revision_id INTEGER NOT NULL REFERENCES policy_revisions (id),
      outcome TEXT NOT NULL CHECK (outcome = 'use' OR outcome = 'move'),
      device_id INTEGER NOT NULL REFERENCES user_devices (id),
      reason TEXT NOT NULL
    ) STRICT;
    """
}
