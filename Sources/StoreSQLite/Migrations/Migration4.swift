/// Who changed policies, canaries that decide for a share of the contacts, and shadows.
enum Migration4 {
  static let sql = """
    -- One row for each generation of a tenant's policies: who began it, when, why, and where they came from.
    -- params: the tenant's own parameters, over which the live revisions were made; NULL where they are not on record.
    -- A canary or a shadow takes part when it has a share, in parts of a million, of the contacts; *_since is the
    -- generation that it began in, by which its contacts are chosen, and *_params are the tenant's parameters as it has
    -- them. canary_guards: when the canary is rolled back. evidence: what an automatic rollback was made on.
    -- after_decision_id: the store's last decision before the change; NULL where it is not known.
    CREATE TABLE policy_changes (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      generation INTEGER NOT NULL CHECK (generation >= 1),
      at INTEGER NOT NULL,
      actor TEXT NOT NULL CHECK (length(actor) > 0),
      action TEXT NOT NULL
        CHECK (action = 'edit' OR action = 'activate' OR action = 'plan' OR action = 'canary' OR action = 'promote'
          OR action = 'shadow' OR action = 'stop' OR action = 'rollback' OR action = 'guards'),
      reason TEXT,
      origin TEXT,
      params TEXT CHECK (json_type(params) = 'object'),
      canary_share INTEGER CHECK (canary_share BETWEEN 1 AND 1000000),
      canary_since INTEGER CHECK (canary_since BETWEEN 1 AND generation),
      canary_params TEXT CHECK (json_type(canary_params) = 'object'),
      canary_guards TEXT CHECK (json_type(canary_guards) = 'object'),
      shadow_share INTEGER CHECK (shadow_share BETWEEN 1 AND 1000000),
      shadow_since INTEGER CHECK (shadow_since BETWEEN 1 AND generation),
      shadow_params TEXT CHECK (json_type(shadow_params) = 'object'),
      evidence TEXT CHECK (json_type(evidence) = 'object'),
      after_decision_id INTEGER CHECK (after_decision_id >= 0),
      UNIQUE (tenant_id, generation),
      CHECK ((canary_share IS NULL) = (canary_since IS NULL)),
      CHECK ((canary_share IS NULL) = (canary_params IS NULL)),
      CHECK ((canary_share IS NULL) = (canary_guards IS NULL)),
      CHECK ((shadow_share IS NULL) = (shadow_since IS NULL)),
      CHECK ((shadow_share IS NULL) = (shadow_params IS NULL))
    ) STRICT;
    CREATE INDEX policy_changes_canary ON policy_changes (tenant_id, generation) WHERE canary_share IS NOT NULL;

    -- Generations of earlier versions: a cycle began each of them.
    INSERT INTO policy_changes (tenant_id, generation, at, actor, action)
    SELECT tenant_id, generation, min(at), 'usher', 'edit' FROM policy_activations
    GROUP BY tenant_id, generation ORDER BY min(id);

    -- What a generation consists of: one row for each policy, numbered from 1 in its role. live decides; canary decides
    -- for a share of the contacts; shadow decides beside them and is never acted on; guard comes after whoever decided.
    CREATE TABLE policy_activations_4 (
      id INTEGER PRIMARY KEY,
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      generation INTEGER NOT NULL CHECK (generation >= 1),
      role TEXT NOT NULL DEFAULT 'live' CHECK (role = 'live' OR role = 'canary' OR role = 'shadow' OR role = 'guard'),
      position INTEGER NOT NULL CHECK (position >= 1),
      revision_id INTEGER NOT NULL REFERENCES policy_revisions (id),
      at INTEGER NOT NULL,
      policy TEXT,
      UNIQUE (tenant_id, generation, role, position),
      FOREIGN KEY (tenant_id, generation) REFERENCES policy_changes (tenant_id, generation)
    ) STRICT;
    INSERT INTO policy_activations_4 (id, tenant_id, generation, position, revision_id, at, policy)
    SELECT id, tenant_id, generation, position, revision_id, at, policy FROM policy_activations ORDER BY id;
    DROP TABLE policy_activations;
    ALTER TABLE policy_activations_4 RENAME TO policy_activations;
    CREATE INDEX policy_activations_revision ON policy_activations (revision_id);

    -- Texts of policy files that were dealt with: the one that was taken last, and those that were rolled back since. A
    -- file that holds another text is an edit. digest: SHA-256 of the text.
    CREATE TABLE policy_texts (
      tenant_id INTEGER NOT NULL REFERENCES tenants (id),
      policy TEXT NOT NULL,
      digest TEXT NOT NULL CHECK (digest GLOB 'sha256:*' AND length(digest) = 71),
      at INTEGER NOT NULL,
      PRIMARY KEY (tenant_id, policy, digest)
    ) STRICT;

    -- What either side of a canary came to in one generation; the transaction that decides or sends counts.
    -- judged: steps of contacts, each at its first decision in the generation; faults, waiting and moved are of them.
    CREATE TABLE canary_tallies (
      tenant_id INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      role TEXT NOT NULL CHECK (role = 'live' OR role = 'canary'),
      decided INTEGER NOT NULL DEFAULT 0 CHECK (decided >= 0),
      judged INTEGER NOT NULL DEFAULT 0 CHECK (judged BETWEEN 0 AND decided),
      faults INTEGER NOT NULL DEFAULT 0 CHECK (faults BETWEEN 0 AND judged),
      waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting BETWEEN 0 AND judged),
      moved INTEGER NOT NULL DEFAULT 0 CHECK (moved BETWEEN 0 AND judged),
      sent INTEGER NOT NULL DEFAULT 0 CHECK (sent >= 0),
      failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
      PRIMARY KEY (tenant_id, generation, role),
      FOREIGN KEY (tenant_id, generation) REFERENCES policy_changes (tenant_id, generation)
    ) STRICT;

    -- What a shadow came to in one generation, beside the live policies. Instructions are those of the decisions
    -- compared; *_max is the most of one.
    CREATE TABLE shadow_tallies (
      tenant_id INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      compared INTEGER NOT NULL CHECK (compared >= 0),
      agreed INTEGER NOT NULL CHECK (agreed BETWEEN 0 AND compared),
      faults INTEGER NOT NULL CHECK (faults BETWEEN 0 AND compared),
      live_faults INTEGER NOT NULL CHECK (live_faults BETWEEN 0 AND compared),
      not_asked INTEGER NOT NULL CHECK (not_asked >= 0),
      instructions INTEGER NOT NULL,
      instructions_max INTEGER NOT NULL,
      live_instructions INTEGER NOT NULL,
      live_instructions_max INTEGER NOT NULL,
      PRIMARY KEY (tenant_id, generation),
      FOREIGN KEY (tenant_id, generation) REFERENCES policy_changes (tenant_id, generation)
    ) STRICT;

    -- How decisions differ, counted by outcomes and reasons. Of a generation the first kinds; the others together.
    CREATE TABLE shadow_differences (
      tenant_id INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      live_outcome TEXT NOT NULL,
      live_reason TEXT NOT NULL,
      shadow_outcome TEXT NOT NULL,
      shadow_reason TEXT NOT NULL,
      decisions INTEGER NOT NULL CHECK (decisions >= 1),
      PRIMARY KEY (tenant_id, generation, live_outcome, live_reason, shadow_outcome, shadow_reason),
      FOREIGN KEY (tenant_id, generation) REFERENCES policy_changes (tenant_id, generation)
    ) STRICT;

    -- The first decisions of a generation that differ, one by one. Devices are named as outside.
    CREATE TABLE shadow_samples (
      tenant_id INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      number INTEGER NOT NULL CHECK (number >= 1),
      contact TEXT NOT NULL,
      at INTEGER NOT NULL,
      live_outcome TEXT NOT NULL,
      live_device TEXT,
      live_reason TEXT NOT NULL,
      shadow_outcome TEXT NOT NULL,
      shadow_device TEXT,
      shadow_reason TEXT NOT NULL,
      shadow_instructions INTEGER NOT NULL,
      PRIMARY KEY (tenant_id, generation, number),
      FOREIGN KEY (tenant_id, generation) REFERENCES policy_changes (tenant_id, generation)
    ) STRICT;

    -- Whether the process that leads takes edited files by itself.
    ALTER TABLE leader ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned = 0 OR pinned = 1);
    """
}
