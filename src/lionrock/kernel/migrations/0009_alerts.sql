-- Alerts on hits: their hits with both sides' evidence, steps, clearances, report drafts, the clock.
-- See docs/screening-alerts.md. Who an alert is about, evidence, notes and reports are sealed;
-- digests of people are keyed.

CREATE TABLE screening_alert_policies (
    tenant_id uuid NOT NULL PRIMARY KEY REFERENCES tenants,
    settings jsonb NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE screening_alerts (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    subject_kind text NOT NULL CHECK (subject_kind IN ('customer', 'adhoc')),
    subject_id uuid NOT NULL,
    name bytea NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN
        ('open', 'assigned', 'proposed', 'decided', 'reopened', 'escalated', 'withdrawn')),
    score double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    hits int NOT NULL DEFAULT 0 CHECK (hits >= 0),
    evidence bytea NOT NULL CHECK (octet_length(evidence) = 32),
    assignee uuid,
    proposal_id uuid,
    proposed_by uuid,
    disposition text CHECK (disposition IN ('true-match', 'false-positive', 'inconclusive')),
    reason text CHECK (reason ~ '^[a-z-]{2,40}$'),
    decided_by uuid CHECK (decided_by <> proposed_by),
    decided_at timestamptz,
    escalated_by uuid,
    escalated_at timestamptz,
    raised_at timestamptz NOT NULL DEFAULT now(),
    opened_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    overdue_noted_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, assignee) REFERENCES members,
    FOREIGN KEY (tenant_id, proposal_id) REFERENCES proposals,
    CHECK ((state = 'decided') = (decided_by IS NOT NULL)),
    CHECK ((decided_by IS NULL) = (disposition IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((disposition IS NULL) = (reason IS NULL)),
    CHECK ((state = 'proposed') <= (proposal_id IS NOT NULL AND proposed_by IS NOT NULL)),
    CHECK ((state = 'assigned') <= (assignee IS NOT NULL)),
    CHECK ((state IN ('open', 'reopened', 'withdrawn')) <= (assignee IS NULL)),
    CHECK ((state = 'escalated') <= (escalated_at IS NOT NULL)),
    CHECK ((escalated_at IS NULL) = (escalated_by IS NULL))
);
-- A subject has one alert at most that is not at its end: what comes joins it.
CREATE UNIQUE INDEX screening_alerts_open ON screening_alerts (tenant_id, subject_id)
    WHERE state NOT IN ('decided', 'withdrawn');
CREATE INDEX screening_alerts_by_subject ON screening_alerts (tenant_id, subject_id);
CREATE INDEX screening_alerts_by_due ON screening_alerts (tenant_id, due_at, id)
    WHERE state NOT IN ('decided', 'withdrawn');
CREATE INDEX screening_alerts_by_score ON screening_alerts (tenant_id, score, id);
CREATE INDEX screening_alerts_by_raised ON screening_alerts (tenant_id, raised_at, id);
CREATE INDEX screening_alerts_by_assignee ON screening_alerts (tenant_id, assignee)
    WHERE state NOT IN ('decided', 'withdrawn');
COMMENT ON COLUMN screening_alerts.subject_id IS 'A customer, or a name that was screened: keyed hash of what it said';
COMMENT ON COLUMN screening_alerts.evidence IS 'HMAC-SHA256 over its live hits: what a proposal was made on';
COMMENT ON COLUMN screening_alerts.opened_at IS 'When it was raised, or last reopened';

-- A hit never changes: one that is other by now goes, and its successor comes.
CREATE TABLE screening_alert_hits (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    alert_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    list_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    list_version int NOT NULL,
    score double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    entry_digest bytea NOT NULL CHECK (octet_length(entry_digest) = 32),
    subject_digest bytea NOT NULL CHECK (octet_length(subject_digest) = 32),
    evidence bytea NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    gone_at timestamptz,
    gone_why text CHECK (gone_why IN ('changed', 'moved', 'vanished')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, alert_id) REFERENCES screening_alerts,
    CHECK ((gone_at IS NULL) = (gone_why IS NULL))
);
CREATE UNIQUE INDEX screening_alert_hits_live ON screening_alert_hits
    (tenant_id, subject_id, list_id, entry_id) WHERE gone_at IS NULL;
CREATE INDEX screening_alert_hits_of ON screening_alert_hits (tenant_id, alert_id);
CREATE INDEX screening_alert_hits_by_list ON screening_alert_hits (tenant_id, list_id, alert_id)
    WHERE gone_at IS NULL;
COMMENT ON COLUMN screening_alert_hits.subject_digest IS 'Keyed: names, identifiers, births, gender, countries';

CREATE TABLE screening_alert_steps (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    alert_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z-]{2,30}$'),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    assignee uuid,
    proposal_id uuid,
    disposition text CHECK (disposition IN ('true-match', 'false-positive', 'inconclusive')),
    reason text CHECK (reason ~ '^[a-z-]{2,40}$'),
    hits int,
    opened_at timestamptz,
    due_at timestamptz,
    words bytea,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, alert_id) REFERENCES screening_alerts
);
CREATE INDEX screening_alert_steps_of ON screening_alert_steps (tenant_id, alert_id, made_at);
CREATE INDEX screening_alert_steps_by_kind ON screening_alert_steps (tenant_id, kind, made_at);
CREATE UNIQUE INDEX screening_alert_steps_proposed ON screening_alert_steps (tenant_id, proposal_id)
    WHERE kind = 'propose';
COMMENT ON COLUMN screening_alert_steps.words IS 'Note and references to evidence, as JSON';
COMMENT ON COLUMN screening_alert_steps.opened_at IS 'Of a decision: since when the alert had been open';

CREATE TABLE screening_clearances (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    list_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    entry_digest bytea NOT NULL CHECK (octet_length(entry_digest) = 32),
    subject_digest bytea NOT NULL CHECK (octet_length(subject_digest) = 32),
    alert_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason ~ '^[a-z-]{2,40}$'),
    note bytea,
    proposed_by uuid NOT NULL,
    decided_by uuid NOT NULL CHECK (decided_by <> proposed_by),
    cleared_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_why text CHECK (ended_why IN ('changed', 'expired', 'overturned', 'replaced', 'revoked')),
    ended_by uuid,
    ended_note bytea,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, alert_id) REFERENCES screening_alerts,
    CHECK ((ended_at IS NULL) = (ended_why IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX screening_clearances_live ON screening_clearances
    (tenant_id, subject_id, list_id, entry_id) WHERE ended_at IS NULL;
CREATE INDEX screening_clearances_of ON screening_clearances (tenant_id, alert_id);
CREATE INDEX screening_clearances_by_expiry ON screening_clearances (tenant_id, expires_at)
    WHERE ended_at IS NULL;

CREATE TABLE screening_reports (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    alert_id uuid NOT NULL,
    version int NOT NULL DEFAULT 1 CHECK (version >= 1),
    content bytea NOT NULL,
    outcome text CHECK (outcome IN ('reported', 'not-reported')),
    outcome_words bytea,
    concluded_by uuid,
    concluded_at timestamptz,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, alert_id) REFERENCES screening_alerts,
    CHECK ((outcome IS NULL) = (concluded_at IS NULL)),
    CHECK ((outcome IS NULL) = (concluded_by IS NULL))
);
CREATE UNIQUE INDEX screening_reports_open ON screening_reports (tenant_id, alert_id)
    WHERE concluded_at IS NULL;
COMMENT ON COLUMN screening_reports.outcome IS 'What the reporting officer says was done: nothing is filed from here';

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['screening_alert_policies', 'screening_alerts', 'screening_alert_hits',
        'screening_alert_steps', 'screening_clearances', 'screening_reports'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON screening_alert_policies, screening_alerts, screening_reports
    TO lionrock_runtime;
GRANT SELECT, INSERT ON screening_alert_hits, screening_alert_steps, screening_clearances
    TO lionrock_runtime;
GRANT UPDATE (list_version, gone_at, gone_why) ON screening_alert_hits TO lionrock_runtime;
GRANT UPDATE (ended_at, ended_why, ended_by, ended_note) ON screening_clearances TO lionrock_runtime;
