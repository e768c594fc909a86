-- What a tenant has decided about calls to models: guards before engines outside, and the most that is
-- kept. No row: every kind of personal data is masked, and no content is kept. See docs/gateway.md.
CREATE TABLE gateway_policies (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    version int NOT NULL CHECK (version > 0),
    guards jsonb NOT NULL CHECK (jsonb_typeof(guards) = 'object'),
    retention text NOT NULL CHECK (retention IN ('standard', 'metadata', 'none')),
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE gateway_policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway_policies FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON gateway_policies USING (tenant_id = (SELECT current_tenant()))
    WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE ON gateway_policies TO lionrock_runtime;
COMMENT ON COLUMN gateway_policies.guards IS 'An action for each kind of personal data; one not named is masked';
COMMENT ON COLUMN gateway_policies.version IS 'Counts changes: who changes names the one they saw';

-- Set by those who run the installation, so in their directory and not in the tenant's row.
ALTER TABLE tenant_directory ADD COLUMN share double precision NOT NULL DEFAULT 1
    CHECK (share >= 0.01 AND share <= 100);
COMMENT ON COLUMN tenant_directory.share IS 'Of a full engine, against other tenants'' shares';
GRANT UPDATE (share) ON tenant_directory TO lionrock_runtime;
