-- The audit log: what a leaf holds stays in `events` for ever, what can be erased is beside it in
-- `event_payloads`. See design/2026-11-22-audit-log.md.

-- Key of a tenant's pseudonyms: HMAC-SHA256 of an id under it stands in the log for the id.
CREATE TABLE event_keys (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    key bytea NOT NULL CHECK (octet_length(key) = 32)
);

-- What an event's commitment = sha256(salt || canonical(payload)) commits to. Deleting the row
-- erases it: without the salt the payload cannot be guessed from the commitment.
CREATE TABLE event_payloads (
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    payload jsonb NOT NULL,
    PRIMARY KEY (tenant_id, event_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES events
);

-- The events that are here already take the new shape. The owner is subject to the policies too:
-- they stand aside for this transaction.
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;

CREATE FUNCTION audit_random() RETURNS bytea LANGUAGE sql VOLATILE
    RETURN sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

CREATE FUNCTION audit_hmac(key bytea, message bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    inner_pad bytea := key || decode(repeat('00', 32), 'hex');
    outer_pad bytea := inner_pad;
BEGIN
    FOR i IN 0..63 LOOP
        outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # 92);
        inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # 54);
    END LOOP;
    RETURN sha256(outer_pad || sha256(inner_pad || message));
END $$;

-- RFC 8785 of a payload: details were strings, whole numbers and booleans, their names ASCII.
CREATE FUNCTION audit_canonical(actor_id uuid, details jsonb, purpose text, subject_id uuid)
RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(
        '{"actor_id":"' || actor_id || '","details":{'
        || coalesce((SELECT string_agg(to_json(key)::text || ':' || value::text, ',' ORDER BY key COLLATE "C")
                     FROM jsonb_each(details)), '')
        || '},"purpose":' || to_json(purpose)::text || ',"subject_id":"' || subject_id || '"}', 'UTF8')
$$;

INSERT INTO event_keys SELECT tenant_id, audit_random() FROM tenants;
INSERT INTO event_payloads
    SELECT tenant_id, id, audit_random(), jsonb_build_object(
        'actor_id', actor_id, 'details', details, 'purpose', purpose, 'subject_id', subject_id)
    FROM events;

ALTER TABLE events ADD COLUMN actor bytea, ADD COLUMN subject bytea, ADD COLUMN commitment bytea,
    ADD COLUMN position bigint;
UPDATE events e SET
    actor = audit_hmac(k.key, uuid_send(e.actor_id)),
    subject = audit_hmac(k.key, uuid_send(e.subject_id)),
    commitment = sha256(p.salt || audit_canonical(e.actor_id, e.details, e.purpose, e.subject_id))
FROM event_keys k, event_payloads p
WHERE k.tenant_id = e.tenant_id AND p.tenant_id = e.tenant_id AND p.event_id = e.id;

DROP FUNCTION audit_random, audit_hmac, audit_canonical;
ALTER TABLE events
    DROP COLUMN actor_id, DROP COLUMN subject_id, DROP COLUMN purpose, DROP COLUMN details,
    ALTER COLUMN actor SET NOT NULL, ALTER COLUMN subject SET NOT NULL,
    ALTER COLUMN commitment SET NOT NULL,
    ADD CHECK (octet_length(actor) = 32), ADD CHECK (octet_length(subject) = 32),
    ADD CHECK (octet_length(commitment) = 32), ADD CHECK (position >= 0),
    ADD UNIQUE (tenant_id, position);
COMMENT ON COLUMN events.position IS 'Index of the leaf in the tenant''s log; null until sequenced.';
ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;

CREATE INDEX events_unsequenced ON events (tenant_id, id) WHERE position IS NULL;
CREATE INDEX events_by_subject ON events (tenant_id, subject, id);
CREATE INDEX events_by_actor ON events (tenant_id, actor, id);

-- The runtime role may fill in a position, once, and nothing else.
CREATE FUNCTION events_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.position IS NOT NULL THEN
            RAISE insufficient_privilege USING MESSAGE = 'an event gets its position from the sequencer';
        END IF;
    ELSIF OLD.position IS NOT NULL OR NEW.position IS NULL
        OR (OLD.tenant_id, OLD.id, OLD.at, OLD.event, OLD.actor_kind, OLD.actor, OLD.subject, OLD.commitment)
        <> (NEW.tenant_id, NEW.id, NEW.at, NEW.event, NEW.actor_kind, NEW.actor, NEW.subject, NEW.commitment)
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'an event is final: only a position may be set, once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER events_are_final BEFORE INSERT OR UPDATE ON events
    FOR EACH ROW EXECUTE FUNCTION events_are_final();

-- A tenant's log: its name, and the head that was signed last.
CREATE TABLE audit_logs (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    log_id uuid NOT NULL DEFAULT gen_random_uuid(),
    origin text NOT NULL CHECK (origin <> ''),
    size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
    root bytea NOT NULL DEFAULT sha256('') CHECK (octet_length(root) = 32),
    checkpoint text NOT NULL DEFAULT '',
    -- Position of that checkpoint in the platform log.
    entered bigint NOT NULL DEFAULT 0
);

-- Witnesses a tenant trusts, and the checkpoints they cosigned.
CREATE TABLE audit_witnesses (
    tenant_id uuid NOT NULL REFERENCES tenants,
    name text NOT NULL CHECK (name <> ''),
    vkey text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, name)
);
CREATE TABLE audit_cosignatures (
    tenant_id uuid NOT NULL,
    witness text NOT NULL,
    size bigint NOT NULL,
    cosigned_at timestamptz NOT NULL,
    checkpoint text NOT NULL,
    PRIMARY KEY (tenant_id, witness, size),
    FOREIGN KEY (tenant_id, witness) REFERENCES audit_witnesses
);

-- Platform tables (no tenant data): the log over all logs, and the keys it is signed with.
CREATE TABLE audit_platform (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    installation uuid NOT NULL,
    origin text NOT NULL CHECK (origin <> ''),
    size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
    root bytea NOT NULL DEFAULT sha256('') CHECK (octet_length(root) = 32),
    checkpoint text NOT NULL DEFAULT '',
    -- Why the log does not verify; while it is not empty nothing may be changed.
    broken text NOT NULL DEFAULT ''
);
-- An entry is a tenant log's signed checkpoint, written in the transaction that signs it.
CREATE TABLE audit_platform_entries (
    position bigint PRIMARY KEY CHECK (position >= 0),
    entry text NOT NULL
);
CREATE TABLE audit_keys (
    public bytea PRIMARY KEY CHECK (octet_length(public) = 32),
    made_at timestamptz NOT NULL,
    ends_at timestamptz,
    -- A note in which the key before names this one; empty for the first.
    succession text NOT NULL DEFAULT ''
);

-- What was signed cannot be unsigned: a head only grows, also when the files are gone.
CREATE FUNCTION audit_heads_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.origin <> OLD.origin OR NEW.size < OLD.size
        OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a signed head of the audit log only grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_logs
    FOR EACH ROW EXECUTE FUNCTION audit_heads_grow();
CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_platform
    FOR EACH ROW EXECUTE FUNCTION audit_heads_grow();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['event_keys', 'event_payloads', 'audit_logs', 'audit_witnesses',
                             'audit_cosignatures'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;

GRANT UPDATE (position) ON events TO lionrock_runtime;
GRANT SELECT, INSERT ON event_keys, audit_witnesses, audit_cosignatures TO lionrock_runtime;
GRANT SELECT, INSERT, DELETE ON event_payloads TO lionrock_runtime;
GRANT SELECT, INSERT ON audit_logs, audit_platform, audit_platform_entries, audit_keys TO lionrock_runtime;
GRANT UPDATE (size, root, checkpoint, entered) ON audit_logs TO lionrock_runtime;
GRANT UPDATE (size, root, checkpoint, broken) ON audit_platform TO lionrock_runtime;
GRANT UPDATE (ends_at) ON audit_keys TO lionrock_runtime;
