-- What was asked and answered at the OpenAI door, where a tenant keeps it: sealed, one row for each call,
-- under the id of its row of usage. See docs/gateway.md. A row is never changed; it goes with its time,
-- or with an erasure.
CREATE TABLE gateway_exchanges (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    key_id uuid,
    endpoint text NOT NULL CHECK (endpoint IN ('chat/completions', 'completions', 'responses', 'embeddings')),
    model text NOT NULL,
    streamed boolean NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('finished', 'failed', 'cancelled')),
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    request_bytes bigint NOT NULL CHECK (request_bytes >= 0),
    request_cut boolean NOT NULL,
    answer_bytes bigint NOT NULL CHECK (answer_bytes >= 0),
    answer_cut boolean NOT NULL,
    key_period text NOT NULL CHECK (key_period ~ '^\d{4}-\d\d$'),
    request bytea NOT NULL CHECK (octet_length(request) <= 2097152),
    answer bytea NOT NULL CHECK (octet_length(answer) <= 8388608),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX gateway_exchanges_by_member ON gateway_exchanges (tenant_id, member_id, id);
CREATE INDEX gateway_exchanges_by_time ON gateway_exchanges (tenant_id, began_at);
COMMENT ON COLUMN gateway_exchanges.request_bytes IS 'Of the body as it was sent, whatever is kept of it';
COMMENT ON COLUMN gateway_exchanges.answer_bytes IS 'Of the answer''s text in UTF-8, whatever is kept of it';
COMMENT ON COLUMN gateway_exchanges.key_period IS 'The month in UTC whose key seals it';
-- Sealed bytes do not compress.
ALTER TABLE gateway_exchanges ALTER request SET STORAGE EXTERNAL, ALTER answer SET STORAGE EXTERNAL;

ALTER TABLE gateway_exchanges ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway_exchanges FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON gateway_exchanges USING (tenant_id = (SELECT current_tenant()))
    WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, DELETE ON gateway_exchanges TO lionrock_runtime;

ALTER TABLE hold_targets
    DROP CONSTRAINT hold_targets_kind_check,
    ADD CONSTRAINT hold_targets_kind_check CHECK (kind IN
        ('collection', 'document', 'run', 'subject', 'tenant',
         'customer', 'case', 'screening', 'batch', 'exchange'));
CREATE TRIGGER refuse_held BEFORE DELETE ON gateway_exchanges FOR EACH ROW
    EXECUTE FUNCTION refuse_held('exchange');
