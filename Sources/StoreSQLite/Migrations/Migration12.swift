/// Adds the engine of each decision, and an index to find revisions by their source and parameters.
enum Migration12 {
  static let sql = """
    -- engine, lua: the engine that made the decisions and the Lua library that it ran; NULL for decisions of earlier versions,
    -- whose digests name both.
    ALTER TABLE fleet_records ADD COLUMN engine INTEGER CHECK (engine > 0);
    ALTER TABLE fleet_records ADD COLUMN lua TEXT CHECK ((lua IS NULL) = (engine IS NULL) AND lua <> '');
    -- A revision with the same source and parameters is the same revision, whatever digest it is on record under.
    CREATE INDEX policy_revisions_content ON policy_revisions (length(source), params);
    """
}
