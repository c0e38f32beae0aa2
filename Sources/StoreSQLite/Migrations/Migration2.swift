/// Policies that fail repeatedly.
enum Migration2 {
  static let sql = """
    -- Revisions that failed when they were asked last: how often in a row, and since when they are suspended. A row goes
    -- when the revision decides without a fault, or when another one takes its place.
    CREATE TABLE policy_streaks (
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      revision TEXT NOT NULL CHECK (revision GLOB 'sha256:*' AND length(revision) = 71),
      policy TEXT NOT NULL,
      faults INTEGER NOT NULL CHECK (faults >= 1),
      last_fault TEXT NOT NULL,
      suspended_at INTEGER,
      PRIMARY KEY (tenant_id, revision)
    ) STRICT;
    """
}
