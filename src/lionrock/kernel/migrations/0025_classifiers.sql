-- Classifiers of sentiment that a tenant trained from its own examples. See docs/desk-sentiment.md.
-- Name and measures, and the weights, are sealed with the tenant's key. A retired one has no weights.
CREATE TABLE classifiers (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    body bytea NOT NULL,
    weights bytea,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    in_use boolean NOT NULL DEFAULT false,
    trained_by uuid NOT NULL,
    trained_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((weights IS NULL) = (retired_at IS NOT NULL)),
    CHECK (NOT (in_use AND retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX classifiers_in_use ON classifiers (tenant_id) WHERE in_use;
COMMENT ON COLUMN classifiers.sha256 IS 'Of the weights before they were sealed';

ALTER TABLE classifiers ENABLE ROW LEVEL SECURITY;
ALTER TABLE classifiers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON classifiers USING (tenant_id = (SELECT current_tenant()))
    WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT ON classifiers TO lionrock_runtime;
GRANT UPDATE (weights, in_use, retired_at) ON classifiers TO lionrock_runtime;
