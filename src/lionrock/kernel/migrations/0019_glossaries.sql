-- Glossaries: terms that mean one thing, in several languages, and pairs mined from documents that wait
-- for a person. See docs/search-glossaries.md. A mined term is sealed with the key of the document that
-- it stands in, and goes with it.
CREATE TABLE glossary_entries (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    body bytea NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE glossary_states (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    version bigint NOT NULL CHECK (version > 0)
);
COMMENT ON COLUMN glossary_states.version IS 'Counts changes: what is kept of the entries in memory holds while it does not move';

CREATE TABLE glossary_candidates (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    first_document uuid NOT NULL,
    second_document uuid NOT NULL,
    first_term bytea NOT NULL,
    second_term bytea NOT NULL,
    score real NOT NULL,
    places int NOT NULL CHECK (places > 0),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'refused')),
    decided_by uuid,
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, first_document) REFERENCES documents ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, second_document) REFERENCES documents ON DELETE CASCADE,
    CHECK ((state = 'waiting') = (decided_by IS NULL))
);
CREATE INDEX glossary_candidates_by_first ON glossary_candidates (tenant_id, first_document);
CREATE INDEX glossary_candidates_by_second ON glossary_candidates (tenant_id, second_document);
COMMENT ON COLUMN glossary_candidates.places IS 'In how many aligned passages both stand';

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['glossary_entries', 'glossary_states', 'glossary_candidates'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON glossary_entries, glossary_candidates TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE ON glossary_states TO lionrock_runtime;
