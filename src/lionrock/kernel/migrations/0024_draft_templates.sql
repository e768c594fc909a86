-- Templates of drafts, each in versions that are never changed. See docs/desk-draft.md.
-- A template's text, with its name and labels, is sealed with the tenant's key.
CREATE TABLE draft_templates (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE draft_template_versions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    template_id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    body bytea NOT NULL,
    added_by uuid NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, template_id, version),
    FOREIGN KEY (tenant_id, template_id) REFERENCES draft_templates
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['draft_templates', 'draft_template_versions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT ON draft_templates, draft_template_versions TO lionrock_runtime;
GRANT DELETE ON draft_template_versions TO lionrock_runtime;
GRANT UPDATE (retired_at) ON draft_templates TO lionrock_runtime;

ALTER TABLE hold_targets
    DROP CONSTRAINT hold_targets_kind_check,
    ADD CONSTRAINT hold_targets_kind_check CHECK (kind IN
        ('collection', 'document', 'run', 'subject', 'tenant', 'customer', 'case', 'screening',
         'batch', 'exchange', 'search', 'memory', 'translation', 'template'));
CREATE TRIGGER refuse_held BEFORE DELETE ON draft_template_versions FOR EACH ROW
    EXECUTE FUNCTION refuse_held('template');
