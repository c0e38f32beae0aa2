/// Suspending a policy by the share of contacts that it fails for.
enum Migration15 {
  static let sql = """
    -- The last answers of a revision for different contacts, oldest first, as [[contact, fault], ...]. contact is the key of
    -- an enrolment, or a negative hash of a lead's id for an answer of enroll; fault is 0 or 1. The row of the revision in
    -- policy_streaks has the number of faults among them, and goes without a fault; in rows of earlier versions, without
    -- answers, it has the faults in a row.
    CREATE TABLE policy_answers (
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      revision TEXT NOT NULL CHECK (revision GLOB 'sha256:*' AND length(revision) = 71),
      policy TEXT NOT NULL,
      answers TEXT NOT NULL CHECK (json_type(answers) = 'array'),
      PRIMARY KEY (tenant_id, revision)
    ) STRICT;
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
