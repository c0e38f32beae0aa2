/// Holds: sending stopped for the whole store or for a tenant.
enum Migration7 {
  static let sql = """
    -- `tenant_id` NULL is the whole store. A hold is in force until `released_at`.
    -- system_user: the user of the process, where `actor` is another name.
    CREATE TABLE holds (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER REFERENCES tenants (id),
      kind TEXT NOT NULL CHECK (kind IN ('operator', 'clock', 'restore', 'machine')),
      reason TEXT NOT NULL CHECK (length(reason) > 0),
      actor TEXT NOT NULL CHECK (length(actor) > 0),
      system_user TEXT CHECK (length(system_user) > 0),
      at INTEGER NOT NULL,
      released_at INTEGER,
      released_by TEXT CHECK (length(released_by) > 0),
      release_reason TEXT CHECK (length(release_reason) > 0),
      CHECK ((released_at IS NULL) = (released_by IS NULL) AND (released_at IS NULL) = (release_reason IS NULL))
    ) STRICT;
    -- At most one of a kind is in force for a scope. Keys begin at 1, so 0 is no tenant.
    CREATE UNIQUE INDEX holds_in_force ON holds (ifnull(tenant_id, 0), kind) WHERE released_at IS NULL;
    CREATE INDEX holds_tenant ON holds (tenant_id) WHERE tenant_id IS NOT NULL;
    """
}
