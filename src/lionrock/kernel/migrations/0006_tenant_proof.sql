-- The tenant of a transaction counts only with its proof: HMAC-SHA256 (RFC 2104) of the tenant's 16
-- bytes under a key that the runtime role cannot read. Who can make the server run SQL of their own
-- can still set lionrock.tenant, and then gets an error from every table. See
-- design/2026-11-22-proofs.md.

-- The key as the two padded blocks of RFC 2104: written at start by `kernel/migrate.py`, one row.
-- A platform table: no tenant data, and no grant to anyone.
CREATE TABLE tenant_proof (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    inner_pad bytea NOT NULL CHECK (octet_length(inner_pad) = 64),
    outer_pad bytea NOT NULL CHECK (octet_length(outer_pad) = 64)
);

CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, lionrock, pg_temp
AS $$
DECLARE
    tenant uuid := current_setting('lionrock.tenant')::uuid;
    expected bytea;
BEGIN
    SELECT sha256(p.outer_pad || sha256(p.inner_pad || uuid_send(tenant))) INTO expected
    FROM lionrock.tenant_proof p;
    IF decode(current_setting('lionrock.proof'), 'hex') IS DISTINCT FROM expected THEN
        RAISE insufficient_privilege USING MESSAGE = 'the tenant of this transaction is not proven';
    END IF;
    RETURN tenant;
END $$;
COMMENT ON FUNCTION current_tenant() IS
    'The tenant of this transaction, once its proof is checked. Unset, empty or unproven is an error.';

-- As (SELECT …) it is worked out once a statement, not once a row.
DO $$
DECLARE p record;
BEGIN
    FOR p IN SELECT tablename, policyname FROM pg_policies
             WHERE schemaname = 'lionrock' AND qual = with_check
               AND replace(qual, 'lionrock.', '') = '(tenant_id = current_tenant())' LOOP
        EXECUTE format('ALTER POLICY %I ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', p.policyname, p.tablename);
    END LOOP;
END $$;
