/// The audit: who changed what, why, and for imports from which file.
enum Migration8 {
  static let sql = """
    -- system_user: the user of the process, where `actor` is another name; NULL where they are the same, or not on record.
    -- file, digest, counts: of an import: its name, SHA-256 of the bytes read, and rows by type.
    -- is_local: how the file of this store came to be; an export leaves it out.
    ALTER TABLE audit ADD COLUMN system_user TEXT CHECK (length(system_user) > 0);
    ALTER TABLE audit ADD COLUMN reason TEXT;
    ALTER TABLE audit ADD COLUMN file TEXT;
    ALTER TABLE audit ADD COLUMN digest TEXT CHECK (digest GLOB 'sha256:*' AND length(digest) = 71);
    ALTER TABLE audit ADD COLUMN counts TEXT CHECK (json_type(counts) = 'object');
    ALTER TABLE audit ADD COLUMN is_local INTEGER NOT NULL DEFAULT 0 CHECK (is_local = 0 OR is_local = 1);
    ALTER TABLE device_events ADD COLUMN system_user TEXT CHECK (length(system_user) > 0);

    -- A window of time is read by these, newest first, without sorting. Rows are added by people, by changes of
    -- policies and by pauses of devices: not for each message.
    CREATE INDEX audit_at ON audit (at);
    CREATE INDEX device_events_at ON device_events (at);
    CREATE INDEX policy_changes_at ON policy_changes (at);
    """
}
