-- Tenants, members, credentials, purposes, collections' access, approvals and shares.

-- The directory holds what the installation must know before a tenant is known: no tenant's content.
ALTER TABLE tenant_directory
    ADD COLUMN handle text UNIQUE CHECK (handle ~ '^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$'),
    ADD COLUMN platform boolean NOT NULL DEFAULT false,
    ADD COLUMN suspended_at timestamptz;
COMMENT ON COLUMN tenant_directory.handle IS 'What members type to say which organisation they are of';
COMMENT ON COLUMN tenant_directory.platform IS 'The tenant of those who run the installation; one';
CREATE UNIQUE INDEX tenant_directory_one_platform ON tenant_directory (platform) WHERE platform;
GRANT UPDATE (handle, platform, suspended_at) ON tenant_directory TO lionrock_runtime;

-- Until now the only name was "Administrator", which is nobody's. Names and addresses are sealed.
ALTER TABLE members
    DROP COLUMN name,
    ADD COLUMN name bytea,
    ADD COLUMN email bytea,
    ADD COLUMN email_hash bytea CHECK (octet_length(email_hash) = 32),
    ADD COLUMN person uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN ('invited', 'active', 'removed')),
    ADD COLUMN invited_by uuid,
    ADD CONSTRAINT members_one_email UNIQUE (tenant_id, email_hash);
COMMENT ON COLUMN members.person IS 'The natural person: the same under each of their memberships';
COMMENT ON COLUMN members.email_hash IS 'HMAC-SHA256 of tenant and address, to find it without reading it';

-- What proves a member, apart from the members so that no list reads it.
CREATE TABLE member_proofs (
    tenant_id uuid NOT NULL,
    member_id uuid NOT NULL,
    password text NOT NULL DEFAULT '',
    totp bytea,
    totp_pending bytea,
    totp_step bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, member_id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members
);
COMMENT ON COLUMN member_proofs.password IS 'Argon2id, PHC string format; empty: none';
COMMENT ON COLUMN member_proofs.totp_step IS 'Last time step accepted (RFC 6238): none at or before it is again';

CREATE TABLE recovery_codes (
    tenant_id uuid NOT NULL,
    member_id uuid NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (tenant_id, member_id, hash),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members
);

-- Failed sign-ins by account, by device and by address, each as a keyed hash. Rows a day old are void.
CREATE TABLE sign_in_attempts (
    tenant_id uuid NOT NULL REFERENCES tenants,
    bucket bytea NOT NULL CHECK (octet_length(bucket) = 32),
    failures int NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, bucket)
);

ALTER TABLE credentials
    DROP CONSTRAINT credentials_kind_check,
    ADD CONSTRAINT credentials_kind_check CHECK (kind IN ('link', 'invitation', 'session', 'key')),
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN ended_why text NOT NULL DEFAULT '',
    ADD COLUMN name text NOT NULL DEFAULT '',
    ADD COLUMN prefix text NOT NULL DEFAULT '',
    ADD COLUMN scopes text[],
    ADD COLUMN addresses text[] NOT NULL DEFAULT '{}',
    ADD COLUMN zero_retention boolean NOT NULL DEFAULT false,
    ADD COLUMN created_by uuid,
    ADD CONSTRAINT credentials_one_id UNIQUE (tenant_id, id);
CREATE INDEX credentials_live ON credentials (tenant_id, member_id) WHERE ended_at IS NULL;
COMMENT ON COLUMN credentials.scopes IS 'Of a key: the most it may do; NULL: all that its owner may';

CREATE TABLE purposes (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9-]{1,39}$'),
    title_en text NOT NULL CHECK (title_en <> ''),
    title_zh text NOT NULL CHECK (title_zh <> ''),
    basis text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON COLUMN purposes.basis IS 'Why the institution may use personal data so: a note for its privacy officer';

CREATE TABLE retention_classes (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9-]{1,39}$'),
    title_en text NOT NULL CHECK (title_en <> ''),
    title_zh text NOT NULL CHECK (title_zh <> ''),
    minimum_months int NOT NULL DEFAULT 0 CHECK (minimum_months BETWEEN 0 AND 1200),
    maximum_months int CHECK (maximum_months >= minimum_months),
    starts text NOT NULL CHECK (starts IN ('added', 'relationship-end', 'transaction', 'decision')),
    source text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON COLUMN retention_classes.minimum_months IS 'Kept at least so long from the day named by starts';
COMMENT ON COLUMN retention_classes.maximum_months IS 'And no longer than so; NULL: until someone decides';

-- USING reads the rows as the table is rewritten, where no row-level policy applies.
ALTER TABLE collections
    ALTER COLUMN purpose DROP DEFAULT,
    ALTER COLUMN purpose TYPE text[] USING CASE WHEN purpose = '' THEN '{general}' ELSE ARRAY[purpose] END;
ALTER TABLE collections RENAME COLUMN purpose TO purposes;
ALTER TABLE collections
    ALTER COLUMN purposes SET DEFAULT '{general}',
    ADD CONSTRAINT collections_some_purpose CHECK (purposes <> '{}'),
    ADD COLUMN restricted boolean NOT NULL DEFAULT false,
    ADD COLUMN access_members uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN access_roles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN zero_retention boolean NOT NULL DEFAULT false,
    ADD COLUMN created_by uuid;

CREATE TABLE shares (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z-]{1,39}$'),
    subject_id uuid NOT NULL,
    member_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    shared_by uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members
);
CREATE INDEX shares_live ON shares (tenant_id, member_id) WHERE ended_at IS NULL;

CREATE TABLE proposals (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    action text NOT NULL CHECK (action ~ '^[a-z-]+:[a-z-]+:[a-z-]+$'),
    subject_id uuid NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'approved', 'refused', 'revoked', 'used')),
    proposed_by uuid NOT NULL,
    proposed_person uuid NOT NULL,
    decided_by uuid,
    decided_person uuid CHECK (decided_person <> proposed_person),
    decided_at timestamptz,
    used_at timestamptz,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, proposed_by) REFERENCES members,
    FOREIGN KEY (tenant_id, decided_by) REFERENCES members,
    CHECK ((state IN ('approved', 'refused', 'used')) <= (decided_person IS NOT NULL))
);
CREATE INDEX proposals_pending ON proposals (tenant_id, created_at) WHERE state = 'pending';
COMMENT ON COLUMN proposals.content_hash IS 'SHA-256 of exactly what was proposed and on what evidence';

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['member_proofs', 'recovery_codes', 'sign_in_attempts', 'purposes',
                             'retention_classes', 'shares', 'proposals'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = current_tenant())'
                       ' WITH CHECK (tenant_id = current_tenant())', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON member_proofs, purposes, retention_classes, shares, proposals
    TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempts, recovery_codes TO lionrock_runtime;

-- Who is behind a credential, in one round trip: the tenant is set, then the row is read, in this
-- order, with the caller's rights. It also notes, at most once a minute, that the credential was used.
CREATE FUNCTION credential_of(tenant text, proof text, token bytea, kinds text[], idle interval)
RETURNS TABLE (id uuid, kind text, member_id uuid, person uuid, roles text[], purpose text,
               scopes text[], addresses text[], zero_retention boolean, name text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    live record;
BEGIN
    PERFORM set_config('lionrock.tenant', tenant, true), set_config('lionrock.proof', proof, true);
    SELECT c.id, c.kind, m.id AS member_id, m.person, m.roles, c.purpose, c.scopes, c.addresses,
           c.zero_retention, c.name, c.seen_at INTO live
    FROM credentials c
    JOIN members m ON (m.tenant_id, m.id) = (c.tenant_id, c.member_id)
    JOIN tenant_directory d ON d.tenant_id = c.tenant_id
    WHERE c.tenant_id = tenant::uuid AND c.hash = token AND c.kind = ANY (kinds)
      AND c.ended_at IS NULL AND c.expires_at > now()
      AND (c.kind <> 'session' OR c.seen_at > now() - idle)
      AND m.state = 'active' AND m.suspended_at IS NULL AND d.suspended_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF live.seen_at < now() - interval '1 minute' THEN
        UPDATE credentials SET seen_at = now() WHERE tenant_id = tenant::uuid AND hash = token;
    END IF;
    RETURN QUERY SELECT live.id, live.kind, live.member_id, live.person, live.roles, live.purpose,
                        live.scopes, live.addresses, live.zero_retention, live.name;
END $$;
