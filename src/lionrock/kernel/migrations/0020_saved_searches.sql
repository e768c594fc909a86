-- Saved searches, and what new documents brought for them. See docs/search-saved.md.
-- A member's question, its filters and its name are sealed with the tenant's key; the rest are ids.
CREATE TABLE saved_searches (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    purpose text NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members
);
CREATE INDEX saved_searches_by_member ON saved_searches (tenant_id, member_id, created_at);
COMMENT ON COLUMN saved_searches.purpose IS 'Stated when it was saved: new documents are looked through for it';

-- What is new since the member last looked. Goes when it was seen, with its passage, and with its search.
CREATE TABLE saved_search_matches (
    tenant_id uuid NOT NULL,
    search_id uuid NOT NULL,
    passage_id uuid NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, search_id, passage_id),
    FOREIGN KEY (tenant_id, search_id) REFERENCES saved_searches ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, passage_id) REFERENCES passages ON DELETE CASCADE
);
CREATE INDEX saved_search_matches_by_passage ON saved_search_matches (tenant_id, passage_id);

-- Versions that became ready and have not been looked through. A tenant without saved searches has none.
CREATE TABLE saved_search_jobs (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempts int NOT NULL DEFAULT 0,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, version_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions ON DELETE CASCADE
);

CREATE FUNCTION version_to_match() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saved_searches WHERE tenant_id = NEW.tenant_id) THEN
        INSERT INTO saved_search_jobs (tenant_id, version_id) VALUES (NEW.tenant_id, NEW.id)
        ON CONFLICT (tenant_id, version_id) DO UPDATE SET attempts = 0, leased_until = '-infinity';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER version_to_match AFTER UPDATE OF state ON versions FOR EACH ROW
    WHEN (NEW.state = 'ready' AND OLD.state <> 'ready') EXECUTE FUNCTION version_to_match();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['saved_searches', 'saved_search_matches', 'saved_search_jobs'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON saved_searches, saved_search_matches TO lionrock_runtime;
GRANT UPDATE (seen_at) ON saved_searches TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_search_jobs TO lionrock_runtime;

ALTER TABLE hold_targets
    DROP CONSTRAINT hold_targets_kind_check,
    ADD CONSTRAINT hold_targets_kind_check CHECK (kind IN
        ('collection', 'document', 'run', 'subject', 'tenant',
         'customer', 'case', 'screening', 'batch', 'exchange', 'search'));
CREATE TRIGGER refuse_held BEFORE DELETE ON saved_searches FOR EACH ROW
    EXECUTE FUNCTION refuse_held('search');

-- The library in pages: newest first, and by what state a version is in.
CREATE INDEX documents_by_time ON documents (tenant_id, created_at DESC, id);
CREATE INDEX versions_unready ON versions (tenant_id, state, document_id) WHERE state <> 'ready';
