-- Up to when a tenant's usage was looked through for members and keys past their time, so that no round
-- reads again what earlier ones did. See docs/gateway-ledger.md.
CREATE TABLE gateway_usage_ageing (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    done_until timestamptz NOT NULL
);
ALTER TABLE gateway_usage_ageing ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway_usage_ageing FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON gateway_usage_ageing USING (tenant_id = (SELECT current_tenant()))
    WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE ON gateway_usage_ageing TO lionrock_runtime;
COMMENT ON COLUMN gateway_usage_ageing.done_until IS 'Rows begun before it name nobody any more';
