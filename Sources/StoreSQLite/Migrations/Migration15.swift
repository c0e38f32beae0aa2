/// Suspending a policy by the share of contacts that it fails for.
enum Migration15 {
  static let sql = """
    -- answers: the last answers of the revision for different contacts, oldest first, as [[contact, fault], ...]. contact is
    -- the key of an enrolment, or a negative hash of a lead's id for an answer of enroll; fault is 0 or 1. faults is the
    -- number of faults among them; in rows of earlier versions, whose answers are empty, the faults in a row.
    ALTER TABLE policy_streaks ADD COLUMN answers TEXT NOT NULL DEFAULT '[]' CHECK (json_type(answers) = 'array');
    -- samples: the causes of the last faults, the last one first, as JSON.
    ALTER TABLE policy_streaks ADD COLUMN samples TEXT NOT NULL DEFAULT '[]' CHECK (json_type(samples) = 'array');
    -- A suspended revision is probed at this time, or when requests in policy_probes differs from requests here.
    ALTER TABLE policy_streaks ADD COLUMN probe_at INTEGER;
    ALTER TABLE policy_streaks ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;

    -- How often a probe of a tenant's suspended revisions was requested since the first of them was suspended.
    CREATE TABLE policy_probes (
      tenant_id INTEGER PRIMARY KEY REFERENCES tenants (id),
      requests INTEGER NOT NULL CHECK (requests >= 1)
    ) STRICT;
    """
}
