-- Lists, their versions and entries; customers and their hits; screenings of names and of files.
-- See docs/screening-registry.md. What lists and customers say is sealed; ids of entries and references of
-- customers stand here as keyed hashes.

CREATE TABLE screening_lists (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL CHECK (kind ~ '^[a-z0-9-]{1,40}$'),
    threshold double precision CHECK (threshold > 0 AND threshold < 1),
    type_thresholds jsonb NOT NULL DEFAULT '{}',
    current_version int NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
COMMENT ON COLUMN screening_lists.threshold IS 'Of this list; null: the engine''s own';
COMMENT ON COLUMN screening_lists.type_thresholds IS 'By type of customer: comes before the list''s';

CREATE TABLE screening_versions (
    tenant_id uuid NOT NULL,
    list_id uuid NOT NULL,
    number int NOT NULL CHECK (number >= 1),
    state text NOT NULL CHECK (state IN ('reading', 'pending', 'applied', 'refused')),
    sha256 bytea CHECK (octet_length(sha256) = 32),
    published text,
    total int NOT NULL DEFAULT 0,
    added int NOT NULL DEFAULT 0,
    changed int NOT NULL DEFAULT 0,
    removed int NOT NULL DEFAULT 0,
    skipped int NOT NULL DEFAULT 0,
    reason text,
    imported_by uuid NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    decided_by uuid,
    decided_at timestamptz,
    PRIMARY KEY (tenant_id, list_id, number),
    FOREIGN KEY (tenant_id, list_id) REFERENCES screening_lists,
    CHECK (state = 'reading' OR state = 'refused' OR sha256 IS NOT NULL)
);
CREATE UNIQUE INDEX screening_versions_open ON screening_versions (tenant_id, list_id)
    WHERE state IN ('reading', 'pending');
COMMENT ON COLUMN screening_versions.touched_at IS 'When a chunk of it was last read in';

-- An entry as it was from one version to before another: every version can be read again.
CREATE TABLE screening_entries (
    tenant_id uuid NOT NULL,
    list_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    first_version int NOT NULL,
    gone_version int CHECK (gone_version > first_version),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    body bytea NOT NULL,
    PRIMARY KEY (tenant_id, list_id, entry_id, first_version),
    FOREIGN KEY (tenant_id, list_id, first_version) REFERENCES screening_versions
);
CREATE UNIQUE INDEX screening_entries_live ON screening_entries (tenant_id, list_id, entry_id)
    WHERE gone_version IS NULL;
CREATE INDEX screening_entries_by_first ON screening_entries (tenant_id, list_id, first_version);
CREATE INDEX screening_entries_by_gone ON screening_entries (tenant_id, list_id, gone_version)
    WHERE gone_version IS NOT NULL;
COMMENT ON COLUMN screening_entries.entry_id IS 'Keyed hash of list and the source''s own id';
COMMENT ON COLUMN screening_entries.gone_version IS 'The first version in which it is changed or gone';

-- What an import has read in, until it is applied whole or refused.
CREATE TABLE screening_staged (
    tenant_id uuid NOT NULL,
    list_id uuid NOT NULL,
    number int NOT NULL,
    entry_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    body bytea NOT NULL,
    PRIMARY KEY (tenant_id, list_id, number, entry_id),
    FOREIGN KEY (tenant_id, list_id, number) REFERENCES screening_versions ON DELETE CASCADE
);

-- A count of changes to customers; a row lock on it puts them in one order.
CREATE TABLE screening_counters (
    tenant_id uuid NOT NULL PRIMARY KEY REFERENCES tenants,
    customers bigint NOT NULL DEFAULT 0,
    engine text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN screening_counters.engine IS 'Whose scores the hits are';

CREATE TABLE screening_customers (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    reference_hash bytea NOT NULL CHECK (octet_length(reference_hash) = 32),
    type text NOT NULL CHECK (type ~ '^[a-z0-9-]{0,40}$'),
    body bytea NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    version int NOT NULL DEFAULT 1,
    change bigint NOT NULL,
    pending boolean NOT NULL DEFAULT true,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, reference_hash)
);
CREATE INDEX screening_customers_pending ON screening_customers (tenant_id, id) WHERE pending;
COMMENT ON COLUMN screening_customers.change IS 'Which change of the tenant''s customers was its last';
COMMENT ON COLUMN screening_customers.pending IS 'To be screened against every list';

CREATE TABLE screening_hits (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    list_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    score double precision NOT NULL,
    customer_digest bytea NOT NULL CHECK (octet_length(customer_digest) = 32),
    entry_digest bytea NOT NULL CHECK (octet_length(entry_digest) = 32),
    engine text NOT NULL,
    body bytea NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, customer_id, list_id, entry_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES screening_customers ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, list_id) REFERENCES screening_lists
);
CREATE INDEX screening_hits_by_entry ON screening_hits (tenant_id, list_id, entry_id);

-- A list whose change is still to be screened against customers.
CREATE TABLE screening_rescreens (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuidv7(),
    list_id uuid NOT NULL,
    after_version int NOT NULL,
    position uuid,
    entries int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, list_id) REFERENCES screening_lists
);
CREATE INDEX screening_rescreens_open ON screening_rescreens (tenant_id, id) WHERE finished_at IS NULL;
COMMENT ON COLUMN screening_rescreens.after_version IS 'Entries that changed after it; 0: all';
COMMENT ON COLUMN screening_rescreens.position IS 'The last entry whose hits are committed';

CREATE TABLE screenings (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z]{1,20}$'),
    screened_by uuid NOT NULL,
    screened_at timestamptz NOT NULL DEFAULT now(),
    settings jsonb NOT NULL,
    engine text NOT NULL,
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    hits int NOT NULL,
    content bytea,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX screenings_by_time ON screenings (tenant_id, screened_at);
COMMENT ON COLUMN screenings.settings IS 'Versions of lists, and thresholds';
COMMENT ON COLUMN screenings.commitment IS 'SHA-256 of a salt of 32 bytes and what was screened';
COMMENT ON COLUMN screenings.content IS 'Salt, query and hits, sealed; null where nothing is to be kept';

CREATE TABLE screening_batches (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    state text NOT NULL DEFAULT 'reading' CHECK (state IN ('reading', 'running', 'done', 'stopped')),
    sha256 bytea CHECK (octet_length(sha256) = 32),
    total int NOT NULL DEFAULT 0,
    done int NOT NULL DEFAULT 0,
    hits int NOT NULL DEFAULT 0,
    settings jsonb NOT NULL,
    engine text NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state IN ('running', 'done')) <= (sha256 IS NOT NULL)),
    CHECK ((state = 'done') <= (done = total))
);
CREATE INDEX screening_batches_running ON screening_batches (tenant_id, id) WHERE state = 'running';

-- Rows of a file, some hundreds together: what one worker takes, and commits whole.
CREATE TABLE screening_batch_chunks (
    tenant_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    number int NOT NULL,
    first_row int NOT NULL,
    rows int NOT NULL,
    body bytea NOT NULL,
    hits int,
    result bytea,
    PRIMARY KEY (tenant_id, batch_id, number),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES screening_batches ON DELETE CASCADE,
    CHECK ((hits IS NULL) = (result IS NULL))
);
CREATE INDEX screening_batch_chunks_open ON screening_batch_chunks (tenant_id, batch_id, number)
    WHERE hits IS NULL;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['screening_lists', 'screening_versions', 'screening_entries',
        'screening_staged', 'screening_counters', 'screening_customers', 'screening_hits',
        'screening_rescreens', 'screenings', 'screening_batches', 'screening_batch_chunks'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON screening_lists, screening_versions, screening_counters,
    screening_rescreens, screening_batches TO lionrock_runtime;
GRANT SELECT, INSERT ON screening_entries, screenings, screening_batch_chunks TO lionrock_runtime;
GRANT UPDATE (gone_version) ON screening_entries TO lionrock_runtime;
GRANT UPDATE (hits, result) ON screening_batch_chunks TO lionrock_runtime;
GRANT DELETE ON screening_versions, screening_batches, screenings TO lionrock_runtime;
GRANT SELECT, INSERT, DELETE ON screening_staged TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON screening_customers, screening_hits TO lionrock_runtime;
