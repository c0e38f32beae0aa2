/// Kept totals, so that the cost of a report does not grow with the history (F36).
///
/// Triggers keep the totals for every writer. A batch that changes many rows sets `is_grouped` for its transaction and adds
/// its changes once for each total instead of once for each row; see `KeptTotals`. No trigger names a column that a decision
/// to queue or to wait sets, so a cycle pays nothing for them.
enum Migration16 {
  static let sql = """
    -- One row. is_grouped: the triggers leave the counting to the batch that runs. sends_from, sends_until: the range of
    -- times that send_periods covers without gaps, in UTC milliseconds; NULL before the first period.
    CREATE TABLE kept_totals (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      is_grouped INTEGER NOT NULL DEFAULT 0 CHECK (is_grouped = 0 OR is_grouped = 1),
      sends_from INTEGER,
      sends_until INTEGER,
      CHECK ((sends_from IS NULL) = (sends_until IS NULL))
    ) STRICT;
    INSERT INTO kept_totals (id) VALUES (1);

    -- Messages that are neither pending nor sending, by step and status.
    CREATE TABLE message_totals (
      sequence_step_id INTEGER NOT NULL,
      status TEXT NOT NULL,
      messages INTEGER NOT NULL,
      PRIMARY KEY (sequence_step_id, status)
    ) STRICT;
    INSERT INTO message_totals (sequence_step_id, status, messages)
    SELECT sequence_step_id, status, count(*) FROM broadcast_messages
    WHERE status <> 'pending' AND status <> 'sending' GROUP BY sequence_step_id, status;
    CREATE TRIGGER broadcast_messages_counted AFTER UPDATE OF status ON broadcast_messages
    WHEN OLD.status <> NEW.status AND NOT (NEW.status = 'sending' AND OLD.status = 'pending')
      AND (SELECT is_grouped FROM kept_totals WHERE id = 1) = 0
    BEGIN
      INSERT INTO message_totals (sequence_step_id, status, messages)
      SELECT OLD.sequence_step_id, OLD.status, -1 WHERE OLD.status <> 'pending' AND OLD.status <> 'sending'
      ON CONFLICT (sequence_step_id, status) DO UPDATE SET messages = message_totals.messages - 1;
      INSERT INTO message_totals (sequence_step_id, status, messages)
      SELECT NEW.sequence_step_id, NEW.status, 1 WHERE NEW.status <> 'pending' AND NEW.status <> 'sending'
      ON CONFLICT (sequence_step_id, status) DO UPDATE SET messages = message_totals.messages + 1;
    END;

    -- Enrolments by current step; state is 'open', or the status of an enrolment that has ended.
    CREATE TABLE enrolment_totals (
      sequence_id INTEGER NOT NULL,
      step INTEGER NOT NULL,
      state TEXT NOT NULL,
      enrolments INTEGER NOT NULL,
      PRIMARY KEY (sequence_id, step, state)
    ) STRICT;
    INSERT INTO enrolment_totals (sequence_id, step, state, enrolments)
    SELECT sequence_id, current_step, CASE WHEN ended_at IS NULL THEN 'open' ELSE status END, count(*)
    FROM sequence_contacts GROUP BY 1, 2, 3;
    -- Open enrolments by assigned device; the device 0 stands for none.
    CREATE TABLE contact_totals (
      device_id INTEGER PRIMARY KEY,
      contacts INTEGER NOT NULL
    ) STRICT;
    INSERT INTO contact_totals (device_id, contacts)
    SELECT ifnull(assigned_device_id, 0), count(*) FROM sequence_contacts WHERE ended_at IS NULL GROUP BY 1;
    CREATE TRIGGER sequence_contacts_counted_first AFTER INSERT ON sequence_contacts
    WHEN (SELECT is_grouped FROM kept_totals WHERE id = 1) = 0
    BEGIN
      INSERT INTO enrolment_totals (sequence_id, step, state, enrolments)
      VALUES (NEW.sequence_id, NEW.current_step, CASE WHEN NEW.ended_at IS NULL THEN 'open' ELSE NEW.status END, 1)
      ON CONFLICT (sequence_id, step, state) DO UPDATE SET enrolments = enrolment_totals.enrolments + 1;
      INSERT INTO contact_totals (device_id, contacts)
      SELECT ifnull(NEW.assigned_device_id, 0), 1 WHERE NEW.ended_at IS NULL
      ON CONFLICT (device_id) DO UPDATE SET contacts = contact_totals.contacts + 1;
    END;
    CREATE TRIGGER sequence_contacts_counted AFTER UPDATE OF current_step, ended_at, assigned_device_id ON sequence_contacts
    WHEN (OLD.current_step <> NEW.current_step OR OLD.assigned_device_id IS NOT NEW.assigned_device_id
        OR (OLD.ended_at IS NULL) <> (NEW.ended_at IS NULL) OR (NEW.ended_at IS NOT NULL AND OLD.status <> NEW.status))
      AND (SELECT is_grouped FROM kept_totals WHERE id = 1) = 0
    BEGIN
      INSERT INTO enrolment_totals (sequence_id, step, state, enrolments)
      VALUES (OLD.sequence_id, OLD.current_step, CASE WHEN OLD.ended_at IS NULL THEN 'open' ELSE OLD.status END, -1)
      ON CONFLICT (sequence_id, step, state) DO UPDATE SET enrolments = enrolment_totals.enrolments - 1;
      INSERT INTO enrolment_totals (sequence_id, step, state, enrolments)
      VALUES (NEW.sequence_id, NEW.current_step, CASE WHEN NEW.ended_at IS NULL THEN 'open' ELSE NEW.status END, 1)
      ON CONFLICT (sequence_id, step, state) DO UPDATE SET enrolments = enrolment_totals.enrolments + 1;
      INSERT INTO contact_totals (device_id, contacts)
      SELECT ifnull(OLD.assigned_device_id, 0), -1 WHERE OLD.ended_at IS NULL
      ON CONFLICT (device_id) DO UPDATE SET contacts = contact_totals.contacts - 1;
      INSERT INTO contact_totals (device_id, contacts)
      SELECT ifnull(NEW.assigned_device_id, 0), 1 WHERE NEW.ended_at IS NULL
      ON CONFLICT (device_id) DO UPDATE SET contacts = contact_totals.contacts + 1;
    END;

    -- The first message made in each ten minutes of created_at; period is created_at / 600000. Reports find the messages of
    -- a window by it.
    CREATE TABLE message_periods (
      period INTEGER PRIMARY KEY,
      first_id INTEGER NOT NULL
    ) STRICT;
    INSERT INTO message_periods (period, first_id)
    SELECT created_at / 600000, min(id) FROM broadcast_messages GROUP BY 1;

    -- The sends of a device in 15 minutes: the time of each one after the beginning of the period, in milliseconds, as four
    -- bytes, least significant first, in ascending order. period is the time / 900000. See SendPeriods.
    CREATE TABLE send_periods (
      id INTEGER PRIMARY KEY,
      period INTEGER NOT NULL,
      device_id INTEGER NOT NULL,
      sends BLOB NOT NULL CHECK (length(sends) > 0 AND length(sends) % 4 = 0),
      UNIQUE (period, device_id)
    ) STRICT;

    -- The history of one contact, and the messages and decisions that a report counts beside the totals.
    CREATE INDEX assignments_contact ON assignments (sequence_contact_id);
    CREATE INDEX broadcast_messages_unknown ON broadcast_messages (device_id, id) WHERE status = 'unknown';
    CREATE INDEX decisions_skipped ON decisions (sequence_step_id) WHERE outcome = 'skip';
    """
}
