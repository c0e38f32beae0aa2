/// The store's identity, and the keys of its messages.
enum Migration9 {
  static let sql = """
    -- identity: of this store and its copies; 32 hexadecimal digits. secret: signs the keys of messages, and never leaves
    -- the store. An archive has neither: nothing is sent from it.
    CREATE TABLE store (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      identity TEXT NOT NULL CHECK (length(identity) = 32 AND identity NOT GLOB '*[^0-9a-f]*'),
      secret BLOB NOT NULL CHECK (length(secret) = 32)
    ) STRICT;
    INSERT INTO store (id, identity, secret)
    SELECT 1, lower(hex(randomblob(16))), randomblob(32) FROM pragma_application_id WHERE application_id <> 0x55534841;

    -- try: which key the next attempt of a message carries. It advances when the message was certainly not sent, and when
    -- it moves to another device. Below 0: a gateway may have the message under the key of an earlier version, made of
    -- tenant, id and attempt, and -try is that attempt.
    ALTER TABLE broadcast_messages ADD COLUMN try INTEGER NOT NULL DEFAULT 1 CHECK (try <> 0);
    UPDATE broadcast_messages SET try = -attempts WHERE status IN ('sending', 'unknown') AND attempts > 0;
    """
}
