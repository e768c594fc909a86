-- Translations that people go on with, and the translation memory. See docs/desk-translate.md.
-- What was made from a document is sealed with that document's key and goes with it; a translation of a
-- pasted text is sealed with the key of its run's month; what else is in the memory, with the tenant's.
CREATE TABLE translations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    document_id uuid,
    source_language text NOT NULL,
    into_language text NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, id) REFERENCES runs ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX translations_by_document ON translations (tenant_id, document_id);
COMMENT ON COLUMN translations.id IS 'The run that made it';

CREATE TABLE translation_segments (
    tenant_id uuid NOT NULL,
    translation_id uuid NOT NULL,
    number int NOT NULL CHECK (number > 0),
    body bytea NOT NULL,
    accepted boolean NOT NULL DEFAULT false,
    failed boolean NOT NULL DEFAULT false,
    changed_by uuid,
    changed_at timestamptz,
    PRIMARY KEY (tenant_id, translation_id, number),
    FOREIGN KEY (tenant_id, translation_id) REFERENCES translations ON DELETE CASCADE
);
COMMENT ON COLUMN translation_segments.failed IS 'A check does not hold';

CREATE TABLE memory_units (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    source_language text NOT NULL,
    into_language text NOT NULL,
    fingerprint bytea NOT NULL,
    body bytea NOT NULL,
    document_id uuid,
    accepted_by uuid NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX memory_units_by_words ON memory_units (tenant_id, fingerprint);
CREATE INDEX memory_units_by_document ON memory_units (tenant_id, document_id);
COMMENT ON COLUMN memory_units.fingerprint IS 'Keyed hash of both languages and the source''s words';

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['translations', 'translation_segments', 'memory_units'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON translations, translation_segments, memory_units
    TO lionrock_runtime;

ALTER TABLE hold_targets
    DROP CONSTRAINT hold_targets_kind_check,
    ADD CONSTRAINT hold_targets_kind_check CHECK (kind IN
        ('collection', 'document', 'run', 'subject', 'tenant',
         'customer', 'case', 'screening', 'batch', 'exchange', 'search', 'memory', 'translation'));
CREATE TRIGGER refuse_held BEFORE DELETE ON translations FOR EACH ROW
    EXECUTE FUNCTION refuse_held('translation');
CREATE TRIGGER refuse_held BEFORE DELETE ON memory_units FOR EACH ROW
    EXECUTE FUNCTION refuse_held('memory');
