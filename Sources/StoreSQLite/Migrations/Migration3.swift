/// The decision record: the inputs needed to make a decision again.
enum Migration3 {
  static let sql = """
    -- The contact as the policies saw it, as far as no other row keeps it; NULL where an operator decided, and in
    -- decisions of earlier versions. fleet_id is a row of fleet_records. It is no foreign key: that would need an index
    -- of a hot table, or deleting a fleet would walk over all decisions.
    ALTER TABLE decisions ADD COLUMN fleet_id INTEGER;
    ALTER TABLE decisions ADD COLUMN due_at INTEGER;
    ALTER TABLE decisions ADD COLUMN attempts INTEGER;
    ALTER TABLE decisions ADD COLUMN last_device_id INTEGER;
    -- Holds none of the decisions that a cycle makes.
    CREATE INDEX decisions_unrecorded ON decisions (tenant_id, at, revision_id) WHERE fleet_id IS NULL;
    -- Those whose record went to an archive have the fleet 0, which is no row.
    CREATE INDEX decisions_archived ON decisions (tenant_id, outcome, at) WHERE fleet_id = 0;

    -- A tenant's fleet as a cycle read it, once for all that the cycle decided for the tenant: from the decision `id` to
    -- `last_decision_id`. The body is what FleetCode makes: all devices, or what differs from the record base_id.
    -- generation is the one of policy_activations that was asked.
    CREATE TABLE fleet_records (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      generation INTEGER NOT NULL CHECK (generation >= 1),
      at INTEGER NOT NULL,
      base_id INTEGER CHECK (base_id < id),
      last_decision_id INTEGER NOT NULL CHECK (last_decision_id >= id),
      body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX fleet_records_tenant ON fleet_records (tenant_id, id, at);

    -- The name that the tenant lists the policy under, which its faults carry; NULL: the revision's, which is the name
    -- that its first tenant had for it.
    ALTER TABLE policy_activations ADD COLUMN policy TEXT;

    -- What the rows that a decision reads held before they were changed: for the decisions up to through_decision_id,
    -- from the row before on. Values that no decision saw are not kept.
    CREATE TABLE lead_history (
      lead_id INTEGER NOT NULL REFERENCES leads (id),
      through_decision_id INTEGER NOT NULL,
      name TEXT,
      tags TEXT NOT NULL,
      attributes TEXT NOT NULL,
      PRIMARY KEY (lead_id, through_decision_id)
    ) STRICT;
    CREATE TRIGGER leads_history AFTER UPDATE OF name, tags, attributes ON leads
    WHEN (OLD.name IS NOT NEW.name OR OLD.tags IS NOT NEW.tags OR OLD.attributes IS NOT NEW.attributes)
      AND EXISTS (SELECT 1 FROM sequence_contacts WHERE lead_id = OLD.id AND last_decision_id IS NOT NULL)
    BEGIN
      INSERT OR IGNORE INTO lead_history (lead_id, through_decision_id, name, tags, attributes)
      SELECT OLD.id, max(last_decision_id), OLD.name, OLD.tags, OLD.attributes
      FROM sequence_contacts WHERE lead_id = OLD.id;
    END;

    CREATE TABLE enrolment_history (
      sequence_contact_id INTEGER NOT NULL REFERENCES sequence_contacts (id),
      through_decision_id INTEGER NOT NULL,
      external_id TEXT NOT NULL,
      contact_phone TEXT NOT NULL,
      PRIMARY KEY (sequence_contact_id, through_decision_id)
    ) STRICT;
    CREATE TRIGGER sequence_contacts_history AFTER UPDATE OF external_id, contact_phone ON sequence_contacts
    WHEN OLD.last_decision_id IS NOT NULL
      AND (OLD.external_id IS NOT NEW.external_id OR OLD.contact_phone IS NOT NEW.contact_phone)
    BEGIN
      INSERT OR IGNORE INTO enrolment_history (sequence_contact_id, through_decision_id, external_id, contact_phone)
      VALUES (OLD.id, OLD.last_decision_id, OLD.external_id, OLD.contact_phone);
    END;

    CREATE TABLE step_history (
      sequence_step_id INTEGER NOT NULL REFERENCES sequence_steps (id) ON DELETE CASCADE,
      through_decision_id INTEGER NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (sequence_step_id, through_decision_id)
    ) STRICT;
    CREATE TRIGGER sequence_steps_history AFTER UPDATE OF content ON sequence_steps
    WHEN OLD.content IS NOT NEW.content AND EXISTS (SELECT 1 FROM decisions)
    BEGIN
      INSERT OR IGNORE INTO step_history (sequence_step_id, through_decision_id, content)
      SELECT OLD.id, max(id), OLD.content FROM decisions;
    END;
    """
}
