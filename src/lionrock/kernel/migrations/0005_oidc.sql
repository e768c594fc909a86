-- Signing in with an institution's own OpenID provider: its configuration, who its subjects are
-- here, and sign-ins under way. See design/2026-11-22-oidc.md.

CREATE TABLE oidc_providers (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    issuer text NOT NULL CHECK (issuer <> ''),
    client_id text NOT NULL CHECK (client_id <> ''),
    -- Sealed under the tenant's data key; NULL is a public client, which has PKCE alone.
    client_secret bytea,
    redirect_uri text NOT NULL,
    scopes text[] NOT NULL CHECK ('openid' = ANY (scopes)),
    algorithms text[] NOT NULL CHECK (
        cardinality(algorithms) > 0 AND algorithms <@ ARRAY['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256']),
    -- With a claim named, its values decide the roles at each sign-in; '' leaves roles as they are.
    role_claim text NOT NULL DEFAULT '',
    role_map jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(role_map) = 'object'),
    acr_values text[] NOT NULL DEFAULT '{}',
    amr_values text[] NOT NULL DEFAULT '{}',
    provision boolean NOT NULL DEFAULT false,
    provision_roles text[] NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, issuer)
);

CREATE TABLE oidc_subjects (
    tenant_id uuid NOT NULL,
    issuer text NOT NULL,
    subject_hash bytea NOT NULL CHECK (octet_length(subject_hash) = 32),
    member_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, issuer, subject_hash),
    FOREIGN KEY (tenant_id, issuer) REFERENCES oidc_providers (tenant_id, issuer) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, member_id) REFERENCES members
);

-- One row a sign-in under way. The browser's cookie is known by its hash alone; state, nonce and
-- PKCE verifier are derived from the cookie and kept nowhere.
CREATE TABLE oidc_attempts (
    tenant_id uuid NOT NULL,
    cookie_hash bytea NOT NULL CHECK (octet_length(cookie_hash) = 32),
    provider_id uuid NOT NULL,
    next text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, cookie_hash),
    FOREIGN KEY (tenant_id, provider_id) REFERENCES oidc_providers ON DELETE CASCADE
);
CREATE INDEX oidc_attempts_by_expiry ON oidc_attempts (tenant_id, expires_at);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['oidc_providers', 'oidc_subjects', 'oidc_attempts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = current_tenant())'
                       ' WITH CHECK (tenant_id = current_tenant())', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON oidc_providers, oidc_subjects, oidc_attempts TO lionrock_runtime;
