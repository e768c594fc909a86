-- Encryption at rest: what people wrote or a document says is kept sealed, as bytes. A column of that
-- kind is now `bytea`; what it was is `plain_…` until the next start has sealed every row, then dropped.

-- Keys that were destroyed, kept here so that a key store put back from a backup stays dead.
CREATE TABLE vault_tombstones (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text NOT NULL,
    name text NOT NULL,
    destroyed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, name)
);

-- Tenants of whom nothing is kept unsealed any more, and the id of their key: a start with another
-- key store is refused.
CREATE TABLE vault_tenants (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    key_id bytea NOT NULL CHECK (octet_length(key_id) = 8),
    sealed_at timestamptz NOT NULL DEFAULT now()
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['vault_tombstones', 'vault_tenants'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = current_tenant())'
                       ' WITH CHECK (tenant_id = current_tenant())', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT ON vault_tombstones, vault_tenants TO lionrock_runtime;

-- Facts that were read out of content, now kept as facts.
ALTER TABLE runs ADD COLUMN refused boolean NOT NULL DEFAULT false,
    ADD COLUMN key_period text CHECK (key_period ~ '^\d{4}-\d{2}$');
COMMENT ON COLUMN runs.refused IS 'The result says that it holds no answer.';
COMMENT ON COLUMN runs.key_period IS 'Whose key seals this run: the month it began in.';

-- For each sealed column: the old one steps aside, may be NULL, and takes nothing new (NOT VALID
-- checks bind every later write, and leave the rows that are there to the upgrade).
DO $$
DECLARE c record;
BEGIN
    FOR c IN SELECT * FROM (VALUES
        ('documents', 'name', true), ('versions', 'title', false), ('versions', 'error', false),
        ('pages', 'text', true), ('pages', 'layout', true),
        ('passages', 'number', true), ('passages', 'heading', true), ('passages', 'text', true),
        ('sentences', 'lead', true),
        ('runs', 'request', true), ('runs', 'result', false), ('runs', 'error', false)
    ) AS sealed (tab, col, needed) LOOP
        EXECUTE format('ALTER TABLE %I RENAME COLUMN %I TO %I', c.tab, c.col, 'plain_' || c.col);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL, ALTER COLUMN %2$I DROP DEFAULT',
                       c.tab, 'plain_' || c.col);
        EXECUTE format('ALTER TABLE %I ADD COLUMN %I bytea', c.tab, c.col);
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I IS NULL) NOT VALID',
                       c.tab, c.tab || '_' || c.col || '_not_plain', 'plain_' || c.col);
        IF c.needed THEN
            EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I IS NOT NULL) NOT VALID',
                           c.tab, c.tab || '_' || c.col || '_sealed', c.col);
        END IF;
    END LOOP;
END $$;
ALTER TABLE runs ADD CONSTRAINT runs_key_period_there CHECK (key_period IS NOT NULL) NOT VALID;

-- To find the rows that are left, batch after batch; they go with the columns.
CREATE INDEX ON documents (tenant_id) WHERE plain_name IS NOT NULL;
CREATE INDEX ON versions (tenant_id) WHERE plain_title IS NOT NULL;
CREATE INDEX ON pages (tenant_id) WHERE plain_text IS NOT NULL;
CREATE INDEX ON passages (tenant_id) WHERE plain_text IS NOT NULL;
CREATE INDEX ON sentences (tenant_id) WHERE plain_lead IS NOT NULL;
CREATE INDEX ON runs (tenant_id) WHERE plain_request IS NOT NULL;

-- Drops the plain columns of each table whose rows are all sealed, and returns those tables. Checking
-- a constraint does not read through row-level security, so the owner can do this for all tenants at
-- once and see none of their rows.
CREATE FUNCTION drop_plain_columns() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE t record; c record;
BEGIN
    FOR t IN SELECT table_name AS name, array_agg(column_name::text) AS columns
             FROM information_schema.columns
             WHERE table_schema = 'lionrock' AND column_name LIKE 'plain\_%' GROUP BY 1 ORDER BY 1 LOOP
        BEGIN
            FOR c IN SELECT conname AS name FROM pg_constraint
                     WHERE conrelid = format('lionrock.%I', t.name)::regclass AND NOT convalidated LOOP
                EXECUTE format('ALTER TABLE lionrock.%I VALIDATE CONSTRAINT %I', t.name, c.name);
            END LOOP;
            FOR c IN SELECT unnest(t.columns) AS name LOOP
                EXECUTE format('ALTER TABLE lionrock.%I DROP COLUMN %I', t.name, c.name);
            END LOOP;
            RETURN NEXT t.name;
        EXCEPTION WHEN check_violation THEN
            NULL; -- rows that are not sealed yet: next time
        END;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION drop_plain_columns() FROM PUBLIC;
SELECT drop_plain_columns();
