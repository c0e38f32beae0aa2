/// Which policy changes were logged, and files that wait for an operator.
enum Migration6 {
  static let sql = """
    -- The last row of policy_changes that a process logged. An upgrade logs none of the earlier ones.
    ALTER TABLE leader ADD COLUMN logged_change INTEGER NOT NULL DEFAULT 0 CHECK (logged_change >= 0);
    UPDATE leader SET logged_change = (SELECT coalesce(max(id), 0) FROM policy_changes);

    -- Files that pass and are not what decides, by the name that lists them, as the last cycle found them; and why.
    CREATE TABLE held_files (
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      policy TEXT NOT NULL CHECK (length(policy) > 0),
      reason TEXT NOT NULL CHECK (length(reason) > 0),
      at INTEGER NOT NULL,
      PRIMARY KEY (tenant_id, policy)
    ) STRICT;
    """
}
