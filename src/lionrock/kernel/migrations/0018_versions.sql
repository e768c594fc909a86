-- Versions of a document in force one after another, and the table of each one's provisions.
-- See docs/documents-versions.md and design/2026-11-22-versions.md.

-- A version holds from `effective_from` until the day before `effective_to`. Infinite where nobody said:
-- it held from the beginning, and holds until something replaces it.
ALTER TABLE versions
    ADD COLUMN effective_from date NOT NULL DEFAULT '-infinity',
    ADD COLUMN effective_to date NOT NULL DEFAULT 'infinity',
    ADD COLUMN ends_on date,
    ADD COLUMN replaced_by uuid,
    ADD COLUMN effective_given boolean NOT NULL DEFAULT false,
    ADD COLUMN name bytea,
    ADD COLUMN work bytea CHECK (octet_length(work) = 16);
COMMENT ON COLUMN versions.ends_on IS 'The first day it holds no more, where that was said: a repeal';
COMMENT ON COLUMN versions.effective_to IS 'The first day it holds no more; kept by settle_versions()';
COMMENT ON COLUMN versions.replaced_by IS 'The version after it; kept by settle_versions()';
COMMENT ON COLUMN versions.effective_given IS 'A member gave effective_from: the file does not change it';
COMMENT ON COLUMN versions.name IS 'Sealed: the name of its file, where that is not the document''s';
COMMENT ON COLUMN versions.work IS 'Keyed hash of the law it is a text of, whatever the language';

CREATE INDEX versions_not_always ON versions (tenant_id, effective_to)
    WHERE effective_from > '-infinity' OR effective_to < 'infinity';
CREATE INDEX versions_by_work ON versions (tenant_id, work) WHERE work IS NOT NULL;

-- Which version follows which, from the days on which they take effect. One that could not be read
-- follows nothing and replaces nothing.
CREATE FUNCTION settle_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE versions v SET effective_to = n.until, replaced_by = n.next
    FROM (SELECT tenant_id, id,
                 least(ends_on, coalesce(lead(effective_from) OVER w, 'infinity')) AS until,
                 lead(id) OVER w AS next
          FROM versions
          WHERE tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id)
            AND document_id = coalesce(NEW.document_id, OLD.document_id) AND state <> 'failed'
          WINDOW w AS (ORDER BY effective_from, created_at, id)) n
    WHERE (v.tenant_id, v.id) = (n.tenant_id, n.id)
      AND (v.effective_to, v.replaced_by) IS DISTINCT FROM (n.until, n.next);
    RETURN NULL;
END $$;
CREATE TRIGGER settle_versions_made AFTER INSERT ON versions FOR EACH ROW
    EXECUTE FUNCTION settle_versions();
CREATE TRIGGER settle_versions_removed AFTER DELETE ON versions FOR EACH ROW
    EXECUTE FUNCTION settle_versions();
CREATE TRIGGER settle_versions_changed AFTER UPDATE OF state, effective_from, ends_on ON versions
    FOR EACH ROW WHEN ((OLD.state = 'failed') <> (NEW.state = 'failed')
        OR (OLD.effective_from, OLD.ends_on) IS DISTINCT FROM (NEW.effective_from, NEW.ends_on))
    EXECUTE FUNCTION settle_versions();

-- The version of a document that is shown for a day: the one that held; else the latest that was read
-- or is being read; else the latest.
CREATE FUNCTION version_at(of_document uuid, on_day date) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT v.id FROM versions v
    WHERE v.tenant_id = (SELECT current_tenant()) AND v.document_id = of_document
    ORDER BY v.state <> 'failed' AND v.effective_from <= on_day AND on_day < v.effective_to DESC,
             v.state <> 'failed' DESC, v.effective_from DESC, v.created_at DESC, v.id LIMIT 1
$$;

-- The provisions of a version ("s26(1)(a)", "4.3.2"), each with its passages: sealed, one row a version.
CREATE TABLE version_provisions (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (tenant_id, version_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions ON DELETE CASCADE
);

-- What people call a document for short ("Cap. 486", "PDPO", "AML-1"), as keyed hashes.
CREATE TABLE version_names (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 16),
    PRIMARY KEY (tenant_id, version_id, hash),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions ON DELETE CASCADE
);
CREATE INDEX version_names_by_hash ON version_names (tenant_id, hash);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['version_provisions', 'version_names'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON version_provisions, version_names TO lionrock_runtime;

-- A page of a person's request is a page of one version.
ALTER TABLE request_findings ADD COLUMN version_id uuid;
