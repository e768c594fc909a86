-- Data subjects and their requests, holds, retention, erasure, breaches. See docs/privacy.md and
-- design/2026-11-22-privacy.md. Whatever a person could be told by is sealed.

CREATE TABLE subjects (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    member_id uuid,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, member_id) REFERENCES members
);
COMMENT ON COLUMN subjects.member_id IS 'Set if the person is, or was, a member here';

CREATE TABLE subject_identifiers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z]{2,20}$'),
    value bytea NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, subject_id, hash),
    FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects ON DELETE CASCADE
);
CREATE INDEX subject_identifiers_by_hash ON subject_identifiers (tenant_id, hash);
COMMENT ON COLUMN subject_identifiers.hash IS 'HMAC-SHA256 of tenant, kind and canonical form';

-- The request outlives the person's record: the refusal log is kept four years (Cap. 486, s. 27).
CREATE TABLE privacy_requests (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('access', 'correction')),
    state text NOT NULL DEFAULT 'received' CHECK (state IN
        ('received', 'searching', 'reviewing', 'packaged', 'delivered', 'refused')),
    language text NOT NULL CHECK (language IN ('en', 'zh-Hant', 'zh-Hans')),
    wording bytea,
    received_on date NOT NULL,
    due_on date NOT NULL CHECK (due_on > received_on),
    reminded int,
    identity_method text CHECK (identity_method <> ''),
    identity_checked_by uuid,
    identity_checked_at timestamptz,
    fee_cents int CHECK (fee_cents >= 0),
    fee_paid_on date,
    extended_on date,
    extension_reason bytea,
    refusal_ground text,
    refusal_reason bytea,
    searched_at timestamptz,
    package_sha256 bytea CHECK (octet_length(package_sha256) = 32),
    package_bytes bigint,
    delivery_method text,
    closed_on date,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'refused') = (refusal_ground IS NOT NULL)),
    CHECK ((state IN ('delivered', 'refused')) = (closed_on IS NOT NULL)),
    CHECK ((state = 'delivered') <= (identity_checked_at IS NOT NULL))
);
CREATE INDEX privacy_requests_open ON privacy_requests (tenant_id, due_on)
    WHERE state NOT IN ('delivered', 'refused');
CREATE INDEX privacy_requests_by_subject ON privacy_requests (tenant_id, subject_id);

CREATE TABLE request_findings (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    source text NOT NULL CHECK (source ~ '^[a-z]{2,20}$'),
    target_id uuid NOT NULL,
    page int CHECK (page >= 1),
    first int,
    last int CHECK (last > first),
    boxes jsonb NOT NULL DEFAULT '[]',
    form text NOT NULL,
    excerpt bytea NOT NULL,
    decision text NOT NULL DEFAULT 'open' CHECK (decision IN ('open', 'include', 'exclude', 'redact')),
    exemption text,
    review bytea,
    reviewed_by uuid,
    reviewed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, request_id) REFERENCES privacy_requests ON DELETE CASCADE,
    CHECK ((decision = 'open') = (reviewed_by IS NULL)),
    CHECK ((decision = 'exclude') = (exemption IS NOT NULL))
);
CREATE INDEX request_findings_of ON request_findings (tenant_id, request_id);
CREATE INDEX request_findings_by_target ON request_findings (tenant_id, target_id);

-- What was put right: a field, with the words before; sealed with the key of whose field it is.
CREATE TABLE corrections (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    request_id uuid,
    kind text NOT NULL CHECK (kind IN ('member', 'subject')),
    target_id uuid NOT NULL,
    field text NOT NULL,
    was bytea NOT NULL,
    became bytea NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX corrections_of ON corrections (tenant_id, target_id);

-- A version never changes; a note beside it is shown wherever it is cited (Cap. 486, s. 25(2)).
CREATE TABLE document_notes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    document_id uuid NOT NULL,
    page int CHECK (page >= 1),
    request_id uuid,
    note bytea NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX document_notes_of ON document_notes (tenant_id, document_id);

-- Which documents a kept run quotes: erasing one takes the answers that quote it along.
CREATE TABLE run_sources (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    document_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, run_id, document_id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE
);
CREATE INDEX run_sources_by_document ON run_sources (tenant_id, document_id);

CREATE TABLE holds (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    name bytea NOT NULL,
    reason bytea NOT NULL,
    placed_by uuid NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now(),
    released_by uuid,
    released_at timestamptz,
    release_reason bytea,
    PRIMARY KEY (tenant_id, id),
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE TABLE hold_targets (
    tenant_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('collection', 'document', 'run', 'subject', 'tenant')),
    target_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, hold_id, kind, target_id),
    FOREIGN KEY (tenant_id, hold_id) REFERENCES holds
);
CREATE INDEX hold_targets_of ON hold_targets (tenant_id, target_id);

-- Whose keys were destroyed before this database was put back from an older copy: their rows go
-- again at the next start, and no hold of the older copy brings them to life.
CREATE TABLE replayed_erasures (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text NOT NULL,
    target_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, target_id)
);

-- The hold that a thing is under, if any: its own, its collection's, its tenant's, or that of a
-- person whose data a search found in it.
CREATE FUNCTION hold_on(wanted text, target uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT h.id FROM holds h JOIN hold_targets t ON (t.tenant_id, t.hold_id) = (h.tenant_id, h.id)
    WHERE h.tenant_id = (SELECT current_tenant()) AND h.released_at IS NULL AND (
        t.kind = 'tenant'
        OR (t.kind = wanted AND t.target_id = target)
        OR (wanted = 'document' AND t.kind = 'collection' AND t.target_id =
            (SELECT d.collection_id FROM documents d WHERE d.tenant_id = h.tenant_id AND d.id = target))
        OR (t.kind = 'subject' AND EXISTS (
            SELECT FROM request_findings f
            JOIN privacy_requests r ON (r.tenant_id, r.id) = (f.tenant_id, f.request_id)
            WHERE f.tenant_id = h.tenant_id AND f.target_id = target AND r.subject_id = t.target_id)))
    ORDER BY h.placed_at LIMIT 1
$$;

-- The last line: whichever way a row is to be deleted, a hold stops it.
CREATE FUNCTION refuse_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF hold_on(TG_ARGV[0], OLD.id) IS NOT NULL AND NOT EXISTS (
        SELECT FROM replayed_erasures r
        WHERE r.tenant_id = OLD.tenant_id AND r.kind = TG_ARGV[0] AND r.target_id = OLD.id) THEN
        RAISE SQLSTATE 'LR409' USING MESSAGE = 'a legal hold keeps this';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER refuse_held BEFORE DELETE ON documents FOR EACH ROW EXECUTE FUNCTION refuse_held('document');
CREATE TRIGGER refuse_held BEFORE DELETE ON runs FOR EACH ROW EXECUTE FUNCTION refuse_held('run');
CREATE TRIGGER refuse_held BEFORE DELETE ON subjects FOR EACH ROW EXECUTE FUNCTION refuse_held('subject');
GRANT DELETE ON runs TO lionrock_runtime;
GRANT UPDATE (run_id) ON usage TO lionrock_runtime;

ALTER TABLE runs ADD COLUMN answer_erased_at timestamptz CHECK (answer_erased_at IS NULL OR result IS NULL);
COMMENT ON COLUMN runs.answer_erased_at IS 'When the answer went, with a document that it quoted';

-- Records of money-laundering law are kept five years at least (Cap. 615, Sch. 2, s. 20).
ALTER TABLE retention_classes
    ADD COLUMN automatic boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT retention_aml_floor CHECK (code NOT LIKE 'aml-%' OR minimum_months >= 60),
    ADD CONSTRAINT retention_aml_start CHECK (
        code NOT LIKE 'aml-%' OR starts IN ('relationship-end', 'transaction')),
    DROP CONSTRAINT retention_classes_starts_check,
    ADD CONSTRAINT retention_classes_starts_check CHECK (
        starts IN ('added', 'relationship-end', 'transaction', 'decision', 'last-use'));
COMMENT ON COLUMN retention_classes.automatic IS 'What is past its time goes without a person''s approval';

-- From which day a period runs, where it is not the day a thing was added.
CREATE TABLE retention_starts (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text NOT NULL CHECK (kind IN ('collection', 'document')),
    target_id uuid NOT NULL,
    starts text NOT NULL CHECK (starts IN ('relationship-end', 'transaction', 'decision')),
    on_day date NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, target_id, starts)
);

CREATE TABLE erasures (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    proposal_id uuid,
    reason text NOT NULL CHECK (reason IN ('retention', 'request', 'purpose-ended', 'error')),
    targets jsonb NOT NULL,
    content jsonb NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN
        ('proposed', 'refused', 'approved', 'rows', 'keys', 'files', 'done')),
    proposed_by uuid,
    approved_by uuid CHECK (approved_by <> proposed_by),
    created_at timestamptz NOT NULL DEFAULT now(),
    approved_at timestamptz,
    finished_at timestamptz,
    certificate text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, proposal_id) REFERENCES proposals,
    CHECK ((state = 'done') = (certificate IS NOT NULL))
);
CREATE INDEX erasures_unfinished ON erasures (tenant_id) WHERE state IN ('approved', 'rows', 'keys', 'files');

CREATE TABLE breaches (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    state text NOT NULL DEFAULT 'found' CHECK (state IN ('found', 'contained', 'assessed', 'closed')),
    title bytea NOT NULL,
    what bytea NOT NULL,
    found_at timestamptz NOT NULL,
    happened_from timestamptz,
    happened_until timestamptz CHECK (happened_until >= happened_from),
    people int CHECK (people >= 0),
    categories text[] NOT NULL DEFAULT '{}',
    risk text CHECK (risk IN ('none', 'low', 'real')),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE TABLE breach_entries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    breach_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('containment', 'assessment', 'notice', 'note', 'closing')),
    at timestamptz NOT NULL,
    whom text CHECK ((kind = 'notice') = (whom IS NOT NULL)),
    words bytea NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, breach_id) REFERENCES breaches
);
CREATE INDEX breach_entries_of ON breach_entries (tenant_id, breach_id);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['subjects', 'subject_identifiers', 'privacy_requests', 'request_findings',
        'corrections', 'document_notes', 'run_sources', 'holds', 'hold_targets', 'replayed_erasures',
        'retention_starts', 'erasures', 'breaches', 'breach_entries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON holds, hold_targets, replayed_erasures, breach_entries, breaches, erasures,
    privacy_requests, document_notes TO lionrock_runtime;
GRANT UPDATE (released_by, released_at, release_reason) ON holds TO lionrock_runtime;
GRANT UPDATE ON privacy_requests, breaches, erasures TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE ON retention_starts TO lionrock_runtime;
GRANT SELECT, INSERT, DELETE ON run_sources, corrections TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON subjects, subject_identifiers, request_findings TO lionrock_runtime;
GRANT DELETE ON retention_starts, document_notes TO lionrock_runtime;
