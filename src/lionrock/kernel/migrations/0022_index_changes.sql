-- What the indexes outside the database follow it by: every change of what may be found has a number,
-- in the order of the commits, since the tenant's counter is locked from then until the commit. A
-- server reads what came after the last number it knows, whoever made the change and wherever.

CREATE TABLE index_heads (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    head bigint NOT NULL
);
COMMENT ON COLUMN index_heads.head IS 'Number of the last change';

-- The last hundred thousand a tenant; who missed more compares all versions, as at a start.
CREATE TABLE versions_gone (
    tenant_id uuid NOT NULL REFERENCES tenants,
    number bigint NOT NULL,
    version_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

ALTER TABLE versions ADD COLUMN changed bigint NOT NULL DEFAULT 0,
    ADD COLUMN edition bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN versions.changed IS 'Number of its last change, see index_heads';
COMMENT ON COLUMN versions.edition IS 'Number of the change by which its present passages came';
CREATE INDEX versions_by_change ON versions (tenant_id, changed);

CREATE FUNCTION next_change(tenant uuid) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO index_heads AS h VALUES (tenant, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET head = h.head + 1 RETURNING head
$$;

CREATE FUNCTION version_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := next_change(NEW.tenant_id);
    IF TG_OP = 'INSERT' OR OLD.state NOT IN ('indexed', 'ready') THEN
        NEW.edition := NEW.changed;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_inserted BEFORE INSERT ON versions FOR EACH ROW
    WHEN (NEW.state IN ('indexed', 'ready')) EXECUTE FUNCTION version_changed();
CREATE TRIGGER version_changed BEFORE UPDATE OF state ON versions FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state
          AND (OLD.state IN ('indexed', 'ready') OR NEW.state IN ('indexed', 'ready')))
    EXECUTE FUNCTION version_changed();

CREATE FUNCTION version_gone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE now_at bigint := next_change(OLD.tenant_id);
BEGIN
    INSERT INTO versions_gone VALUES (OLD.tenant_id, now_at, OLD.id);
    DELETE FROM versions_gone WHERE tenant_id = OLD.tenant_id AND number <= now_at - 100000;
    RETURN NULL;
END $$;
-- At the commit: the counter is taken after every row, so two removals never wait for each other.
CREATE CONSTRAINT TRIGGER version_gone AFTER DELETE ON versions DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.changed > 0 OR OLD.state IN ('indexed', 'ready'))
    EXECUTE FUNCTION version_gone();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['index_heads', 'versions_gone'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON index_heads TO lionrock_runtime;
GRANT SELECT, INSERT, DELETE ON versions_gone TO lionrock_runtime;
