/// The first schema. A migration never changes once it has shipped; a change is a new migration.
///
/// Times are UTC milliseconds. `tenant_id` is part of every foreign key that could cross tenants (I-51). Lists and
/// parameters are JSON text. The hot tables have only the indexes that a cycle needs: each index costs more than the
/// row.
///
/// In the hot tables, a list of more than two values is written with OR: SQLite 3.40 builds a temporary tree for each
/// `IN` of a CHECK on every insert, which made inserting a message five times as expensive.
enum Migration1 {
  static let sql = """
    CREATE TABLE tenants (
      id INTEGER PRIMARY KEY,
      external_id TEXT NOT NULL UNIQUE CHECK (length(external_id) > 0),
      name TEXT NOT NULL,
      time_zone TEXT NOT NULL DEFAULT 'UTC',
      policies TEXT NOT NULL CHECK (json_array_length(policies) > 0),
      params TEXT NOT NULL DEFAULT '{}' CHECK (json_type(params) = 'object'),
      patience_s INTEGER NOT NULL DEFAULT 900 CHECK (patience_s >= 0),
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE user_devices (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      external_id TEXT NOT NULL CHECK (length(external_id) > 0),
      device_name TEXT NOT NULL,
      phone TEXT CHECK (phone GLOB '+[1-9]*'),
      platform TEXT NOT NULL DEFAULT '',
      status TEXT NOT NULL DEFAULT 'online'
        CHECK (status IN ('online', 'offline', 'auth_failed', 'unknown', 'retired')),
      paused_until INTEGER,
      pause_reason TEXT,
      gateway TEXT NOT NULL DEFAULT 'log' CHECK (length(gateway) > 0),
      limit_minute INTEGER CHECK (limit_minute >= 0),
      limit_hour INTEGER CHECK (limit_hour >= 0),
      limit_day INTEGER CHECK (limit_day >= 0),
      limit_in_flight INTEGER CHECK (limit_in_flight >= 0),
      pace_min_s REAL NOT NULL DEFAULT 0 CHECK (pace_min_s >= 0),
      pace_max_s REAL NOT NULL DEFAULT 0 CHECK (pace_max_s >= pace_min_s),
      tags TEXT NOT NULL DEFAULT '[]' CHECK (json_type(tags) = 'array'),
      last_seen_at INTEGER,
      last_sent_at INTEGER,
      next_send_at INTEGER,
      created_at INTEGER NOT NULL,
      UNIQUE (tenant_id, external_id),
      UNIQUE (id, tenant_id)
    ) STRICT;

    CREATE TABLE device_events (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL,
      device_id INTEGER NOT NULL,
      kind TEXT NOT NULL,
      detail TEXT,
      actor TEXT NOT NULL,
      at INTEGER NOT NULL,
      FOREIGN KEY (device_id, tenant_id) REFERENCES user_devices (id, tenant_id)
    ) STRICT;

    CREATE TABLE leads (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      external_id TEXT NOT NULL CHECK (length(external_id) > 0),
      phone TEXT NOT NULL CHECK (phone GLOB '+[1-9]*'),
      name TEXT,
      device_id INTEGER,
      tags TEXT NOT NULL DEFAULT '[]' CHECK (json_type(tags) = 'array'),
      attributes TEXT NOT NULL DEFAULT '{}' CHECK (json_type(attributes) = 'object'),
      opted_out_at INTEGER,
      created_at INTEGER NOT NULL,
      UNIQUE (tenant_id, external_id),
      UNIQUE (tenant_id, phone),
      UNIQUE (id, tenant_id),
      FOREIGN KEY (device_id, tenant_id) REFERENCES user_devices (id, tenant_id)
    ) STRICT;

    -- A row stays when its trigger is consumed, so that importing the same lead again does not trigger it again.
    CREATE TABLE lead_triggers (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL,
      lead_id INTEGER NOT NULL,
      trigger TEXT NOT NULL CHECK (length(trigger) > 0),
      next_at INTEGER,
      wait_reason TEXT,
      consumed_at INTEGER,
      consumed_reason TEXT,
      created_at INTEGER NOT NULL,
      UNIQUE (lead_id, trigger),
      FOREIGN KEY (lead_id, tenant_id) REFERENCES leads (id, tenant_id),
      CHECK ((consumed_at IS NULL) = (consumed_reason IS NULL)),
      CHECK (consumed_at IS NULL OR next_at IS NULL)
    ) STRICT;
    CREATE INDEX lead_triggers_open ON lead_triggers (tenant_id, trigger, id) WHERE consumed_at IS NULL;

    CREATE TABLE sequences (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      external_id TEXT NOT NULL CHECK (length(external_id) > 0),
      name TEXT NOT NULL,
      trigger TEXT CHECK (length(trigger) > 0),
      status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'paused', 'archived')),
      created_at INTEGER NOT NULL,
      UNIQUE (tenant_id, external_id),
      UNIQUE (id, tenant_id)
    ) STRICT;

    CREATE TABLE sequence_steps (
      id INTEGER PRIMARY KEY,
      sequence_id INTEGER NOT NULL REFERENCES sequences (id),
      ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
      delay_ms INTEGER NOT NULL CHECK (delay_ms >= 0),
      content TEXT NOT NULL CHECK (length(trim(content)) > 0),
      UNIQUE (sequence_id, ordinal)
    ) STRICT;

    -- An enrolment. next_at is when it wants to be looked at: the due time, or the end of a wait; NULL when a message
    -- carries the step, and at the end.
    CREATE TABLE sequence_contacts (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL,
      sequence_id INTEGER NOT NULL,
      lead_id INTEGER NOT NULL,
      external_id TEXT NOT NULL CHECK (length(external_id) > 0),
      contact_phone TEXT NOT NULL,
      assigned_device_id INTEGER,
      status TEXT NOT NULL
        CHECK (status = 'scheduled' OR status = 'waiting' OR status = 'queued' OR status = 'completed'
          OR status = 'failed' OR status = 'cancelled'),
      current_step INTEGER NOT NULL DEFAULT 1,
      due_at INTEGER NOT NULL,
      next_at INTEGER,
      reason TEXT,
      capacity_at INTEGER,
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      last_device_id INTEGER,
      last_decision_id INTEGER,
      enrolled_at INTEGER NOT NULL,
      ended_at INTEGER,
      UNIQUE (sequence_id, lead_id),
      UNIQUE (tenant_id, external_id),
      FOREIGN KEY (sequence_id, tenant_id) REFERENCES sequences (id, tenant_id),
      FOREIGN KEY (lead_id, tenant_id) REFERENCES leads (id, tenant_id),
      FOREIGN KEY (assigned_device_id, tenant_id) REFERENCES user_devices (id, tenant_id),
      FOREIGN KEY (last_device_id, tenant_id) REFERENCES user_devices (id, tenant_id),
      FOREIGN KEY (sequence_id, current_step) REFERENCES sequence_steps (sequence_id, ordinal),
      CHECK ((next_at IS NOT NULL) = (status = 'scheduled' OR status = 'waiting')),
      CHECK ((ended_at IS NOT NULL) = (status = 'completed' OR status = 'failed' OR status = 'cancelled')),
      CHECK (status = 'scheduled' OR status = 'queued' OR status = 'completed' OR ifnull(length(reason), 0) > 0),
      CHECK (status = 'waiting' OR capacity_at IS NULL)
    ) STRICT;
    CREATE INDEX sequence_contacts_due ON sequence_contacts (tenant_id, next_at, id) WHERE next_at IS NOT NULL;
    CREATE INDEX sequence_contacts_lead ON sequence_contacts (lead_id);

    CREATE TABLE policy_revisions (
      id INTEGER PRIMARY KEY,
      external_id TEXT NOT NULL UNIQUE CHECK (external_id GLOB 'sha256:*' AND length(external_id) = 71),
      policy TEXT NOT NULL,
      source TEXT NOT NULL,
      params TEXT NOT NULL CHECK (json_type(params) = 'object'),
      created_at INTEGER NOT NULL
    ) STRICT;

    -- What decides for a tenant from `at` on: one row for each policy of its list, numbered from 1, all of one `at`.
    CREATE TABLE policy_activations (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      position INTEGER NOT NULL CHECK (position >= 1),
      revision_id INTEGER NOT NULL REFERENCES policy_revisions (id),
      generation INTEGER NOT NULL CHECK (generation >= 1),
      at INTEGER NOT NULL,
      UNIQUE (tenant_id, generation, position)
    ) STRICT;

    CREATE TABLE policy_refusals (
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      policy TEXT NOT NULL,
      refusal TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (tenant_id, policy)
    ) STRICT;

    -- Append-only. previous_id links an enrolment's decisions, so that its history needs no index. revision_id is NULL
    -- where an operator moved a message: no policy decided that.
    CREATE TABLE decisions (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL,
      sequence_contact_id INTEGER NOT NULL REFERENCES sequence_contacts (id),
      sequence_step_id INTEGER NOT NULL REFERENCES sequence_steps (id),
      previous_id INTEGER,
      outcome TEXT NOT NULL
        CHECK (outcome = 'use' OR outcome = 'move' OR outcome = 'wait' OR outcome = 'skip'),
      device_id INTEGER,
      assigned_device_id INTEGER,
      reason TEXT NOT NULL,
      revision_id INTEGER REFERENCES policy_revisions (id),
      seed INTEGER NOT NULL,
      instructions INTEGER NOT NULL,
      until INTEGER,
      error_kind TEXT
        CHECK (error_kind IS NULL OR error_kind = 'syntax' OR error_kind = 'runtime' OR error_kind = 'budget'
          OR error_kind = 'memory' OR error_kind = 'timeout' OR error_kind = 'verdict' OR error_kind = 'device'),
      error_line INTEGER,
      notes TEXT CHECK (json_type(notes) = 'array'),
      at INTEGER NOT NULL,
      FOREIGN KEY (device_id, tenant_id) REFERENCES user_devices (id, tenant_id),
      CHECK ((device_id IS NOT NULL) = (outcome = 'use' OR outcome = 'move')),
      CHECK ((until IS NOT NULL) = (outcome = 'wait')),
      CHECK (error_kind IS NULL OR outcome = 'wait'),
      CHECK (revision_id IS NOT NULL OR outcome = 'use' OR outcome = 'move')
    ) STRICT;

    -- The outbox. Rows are never deleted (I-30).
    CREATE TABLE broadcast_messages (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL,
      sequence_id INTEGER NOT NULL REFERENCES sequences (id),
      sequence_contact_id INTEGER NOT NULL REFERENCES sequence_contacts (id),
      sequence_step_id INTEGER NOT NULL REFERENCES sequence_steps (id),
      decision_id INTEGER NOT NULL REFERENCES decisions (id),
      recipient_phone TEXT NOT NULL,
      device_id INTEGER NOT NULL,
      content TEXT NOT NULL CHECK (length(content) > 0),
      status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status = 'pending' OR status = 'sending' OR status = 'sent' OR status = 'delivered'
          OR status = 'read' OR status = 'failed' OR status = 'unknown' OR status = 'expired'
          OR status = 'cancelled'),
      error TEXT,
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      lease_epoch INTEGER,
      lease_until INTEGER,
      created_at INTEGER NOT NULL,
      sent_at INTEGER,
      gateway_message_id TEXT,
      UNIQUE (sequence_contact_id, sequence_step_id),
      FOREIGN KEY (device_id, tenant_id) REFERENCES user_devices (id, tenant_id),
      CHECK ((status = 'sending') = (lease_epoch IS NOT NULL)),
      CHECK ((lease_epoch IS NULL) = (lease_until IS NULL)),
      CHECK ((sent_at IS NOT NULL) = (status = 'sent' OR status = 'delivered' OR status = 'read')),
      CHECK (error IS NULL OR (status <> 'sent' AND status <> 'delivered' AND status <> 'read')),
      CHECK (status = 'pending' OR status = 'sending' OR status = 'sent' OR status = 'delivered'
        OR status = 'read' OR ifnull(length(error), 0) > 0)
    ) STRICT;
    CREATE INDEX broadcast_messages_pending ON broadcast_messages (device_id, id) WHERE status = 'pending';
    CREATE INDEX broadcast_messages_sending ON broadcast_messages (device_id, id) WHERE status = 'sending';

    -- One decision function (I-01): a message is on the device that its decision names, whoever writes it.
    CREATE TRIGGER broadcast_messages_insert BEFORE INSERT ON broadcast_messages
    WHEN NOT EXISTS (SELECT 1 FROM decisions WHERE id = NEW.decision_id AND device_id = NEW.device_id
                       AND sequence_contact_id = NEW.sequence_contact_id)
    BEGIN SELECT RAISE(ABORT, 'a message must be on the device of its decision'); END;
    CREATE TRIGGER broadcast_messages_device BEFORE UPDATE OF device_id, decision_id ON broadcast_messages
    WHEN NOT EXISTS (SELECT 1 FROM decisions WHERE id = NEW.decision_id AND device_id = NEW.device_id
                       AND sequence_contact_id = NEW.sequence_contact_id)
    BEGIN SELECT RAISE(ABORT, 'a message must be on the device of its decision'); END;
    CREATE TRIGGER broadcast_messages_kept BEFORE DELETE ON broadcast_messages
    BEGIN SELECT RAISE(ABORT, 'messages are never deleted'); END;

    -- Which device an enrolment belonged to, and why: append-only; decision_id is NULL for the enrolment itself.
    CREATE TABLE assignments (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL,
      sequence_contact_id INTEGER NOT NULL REFERENCES sequence_contacts (id),
      device_id INTEGER NOT NULL,
      decision_id INTEGER REFERENCES decisions (id),
      reason TEXT NOT NULL,
      actor TEXT NOT NULL,
      at INTEGER NOT NULL,
      FOREIGN KEY (device_id, tenant_id) REFERENCES user_devices (id, tenant_id)
    ) STRICT;

    CREATE TABLE attempts (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL,
      message_id INTEGER NOT NULL REFERENCES broadcast_messages (id),
      device_id INTEGER NOT NULL,
      number INTEGER NOT NULL CHECK (number >= 1),
      epoch INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      outcome TEXT
        CHECK (outcome IS NULL OR outcome = 'accepted' OR outcome = 'unknown' OR outcome = 'refused'
          OR outcome = 'device_fault' OR outcome = 'not_sent'),
      error TEXT,
      gateway_message_id TEXT,
      UNIQUE (message_id, number),
      FOREIGN KEY (device_id, tenant_id) REFERENCES user_devices (id, tenant_id),
      CHECK ((finished_at IS NULL) = (outcome IS NULL))
    ) STRICT;
    -- The rolling windows of the caps are read from the first index alone, failures from the second.
    CREATE INDEX attempts_sent ON attempts (finished_at, device_id) WHERE outcome IN ('accepted', 'unknown');
    CREATE INDEX attempts_troubled ON attempts (finished_at, device_id) WHERE outcome <> 'accepted';

    -- The one process that writes: `epoch` grows with each new leader and is checked inside each write (I-18).
    CREATE TABLE leader (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      epoch INTEGER NOT NULL,
      process_id INTEGER NOT NULL,
      build TEXT NOT NULL,
      since INTEGER NOT NULL
    ) STRICT;

    -- What operators did, other than to devices and assignments, which have their own histories.
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER REFERENCES tenants (id),
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT,
      at INTEGER NOT NULL
    ) STRICT;
    """
}
