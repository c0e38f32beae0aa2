/// Codes of the reasons that Usher itself wrote.
enum Migration11 {
  static let sql = """
    -- code: of the reason beside it; NULL where a script, a person or a gateway wrote the reason, and in rows of 0.1.0. Codes are
    -- not in a CHECK, as later versions have more of them.
    ALTER TABLE decisions ADD COLUMN code TEXT;
    ALTER TABLE narrowed_choices ADD COLUMN code TEXT;
    ALTER TABLE sequence_contacts ADD COLUMN code TEXT;
    -- caught: texts of Usher that a script caught and put into a reason or a note, as [[code, text], ...]; NULL for nearly all.
    ALTER TABLE decisions ADD COLUMN caught TEXT CHECK (json_type(caught) = 'array');
    -- Of the reason why a file is refused or held, and of the last fault.
    ALTER TABLE policy_refusals ADD COLUMN code TEXT;
    ALTER TABLE held_files ADD COLUMN code TEXT;
    ALTER TABLE policy_streaks ADD COLUMN last_fault_code TEXT;
    """
}
