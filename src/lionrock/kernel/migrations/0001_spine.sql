-- The spine: tenants, members, documents, passages, runs, usage, events.
-- Rules of every tenant table: tenant_id first in each key, row-level security enabled and FORCEd,
-- one policy with USING and WITH CHECK. `tests/kernel/test_schema.py` fails on a table that breaks them.

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN current_setting('lionrock.tenant')::uuid;
COMMENT ON FUNCTION current_tenant() IS
    'The tenant of this transaction. Unset or empty is an error, so a query without a tenant fails.';

-- Platform tables (no tenant data): which tenants there are, for workers to visit in turn.
CREATE TABLE tenant_directory (
    tenant_id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON tenant_directory TO lionrock_runtime;

CREATE TABLE tenants (
    tenant_id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE members (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    name text NOT NULL,
    roles text[] NOT NULL,
    suspended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

-- Credentials of every kind: one-time links, sessions, service keys. Only hashes are kept.
CREATE TABLE credentials (
    tenant_id uuid NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    kind text NOT NULL CHECK (kind IN ('link', 'session', 'key')),
    member_id uuid NOT NULL,
    purpose text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, hash),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members
);

CREATE TABLE collections (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    purpose text NOT NULL DEFAULT '',
    retention_class text NOT NULL DEFAULT 'standard',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

CREATE TABLE documents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    collection_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    added_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, collection_id) REFERENCES collections
);

CREATE TABLE versions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    document_id uuid NOT NULL,
    collection_id uuid NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    bytes bigint NOT NULL,
    media_type text NOT NULL DEFAULT '',
    title text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT '',
    -- queued → parsed → indexed → ready, or failed. Each step commits whole; a worker that dies
    -- leaves the state of the last whole step and a lease that runs out.
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'parsed', 'indexed', 'ready', 'failed')),
    error text NOT NULL DEFAULT '',
    attempts int NOT NULL DEFAULT 0,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    leased_by uuid,
    done int NOT NULL DEFAULT 0,
    total int NOT NULL DEFAULT 0,
    has_reading_copy boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, collection_id, sha256),
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, collection_id) REFERENCES collections
);
CREATE INDEX versions_by_document ON versions (tenant_id, document_id);
CREATE INDEX versions_unfinished ON versions (tenant_id, created_at)
    WHERE state IN ('queued', 'parsed', 'indexed');

CREATE TABLE pages (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    number int NOT NULL CHECK (number >= 1),
    width real NOT NULL,
    height real NOT NULL,
    text text NOT NULL,
    layout bytea NOT NULL,
    PRIMARY KEY (tenant_id, version_id, number),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions ON DELETE CASCADE
);

CREATE TABLE passages (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version_id uuid NOT NULL,
    collection_id uuid NOT NULL,
    ordinal int NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    heading text NOT NULL,
    language text NOT NULL,
    text text NOT NULL,
    slices int[] NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, version_id, ordinal),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions ON DELETE CASCADE
);

-- What can be quoted: sentences and table rows, as ranges of their passage's text, each with the
-- vector it is found by. `lead` is what stands above and gives it its subject.
CREATE TABLE sentences (
    tenant_id uuid NOT NULL,
    passage_id uuid NOT NULL,
    first int NOT NULL,
    last int NOT NULL,
    version_id uuid NOT NULL,
    collection_id uuid NOT NULL,
    chinese boolean NOT NULL,
    lead text NOT NULL,
    embedding halfvec(384),
    PRIMARY KEY (tenant_id, passage_id, first),
    FOREIGN KEY (tenant_id, passage_id) REFERENCES passages ON DELETE CASCADE
);
CREATE INDEX sentences_by_version ON sentences (tenant_id, version_id);
CREATE INDEX sentences_waiting ON sentences (tenant_id, version_id) WHERE embedding IS NULL;

CREATE TABLE runs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    capability text NOT NULL,
    risk text NOT NULL,
    rule text NOT NULL,
    member_id uuid NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'cancelled')),
    request jsonb NOT NULL,
    result jsonb,
    error text NOT NULL DEFAULT '',
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX runs_by_member ON runs (tenant_id, member_id, started_at DESC);

CREATE TABLE usage (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    run_id uuid,
    member_id uuid NOT NULL,
    model text NOT NULL,
    prompt_tokens int NOT NULL,
    output_tokens int NOT NULL,
    first_token_ms int,
    total_ms int NOT NULL,
    outcome text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs
);

CREATE TABLE events (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    event text NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    details jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['tenants', 'members', 'credentials', 'collections', 'documents',
                             'versions', 'pages', 'passages', 'sentences', 'runs', 'usage', 'events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = current_tenant())'
                       ' WITH CHECK (tenant_id = current_tenant())', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON tenants, events, usage TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE ON members, credentials, runs TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON collections, documents, versions, pages, passages,
    sentences TO lionrock_runtime;
