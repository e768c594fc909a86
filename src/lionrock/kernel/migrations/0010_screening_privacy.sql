-- Customers, cases, screenings and screened files as personal data: held, kept for their time, erased.
-- See docs/privacy.md.

ALTER TABLE hold_targets
    DROP CONSTRAINT hold_targets_kind_check,
    ADD CONSTRAINT hold_targets_kind_check CHECK (kind IN
        ('collection', 'document', 'run', 'subject', 'tenant',
         'customer', 'case', 'screening', 'batch'));

-- On which day the relationship with a customer ended, where it is not the day it was entered here.
ALTER TABLE retention_starts
    DROP CONSTRAINT retention_starts_kind_check,
    ADD CONSTRAINT retention_starts_kind_check CHECK (kind IN ('collection', 'document', 'customer'));

-- As before; and what holds a customer holds their cases.
CREATE OR REPLACE FUNCTION hold_on(wanted text, target uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT h.id FROM holds h JOIN hold_targets t ON (t.tenant_id, t.hold_id) = (h.tenant_id, h.id)
    WHERE h.tenant_id = (SELECT current_tenant()) AND h.released_at IS NULL AND (
        t.kind = 'tenant'
        OR (t.kind = wanted AND t.target_id = target)
        OR (wanted = 'document' AND t.kind = 'collection' AND t.target_id =
            (SELECT d.collection_id FROM documents d WHERE d.tenant_id = h.tenant_id AND d.id = target))
        OR (wanted = 'case' AND t.kind = 'customer' AND t.target_id =
            (SELECT a.subject_id FROM screening_alerts a WHERE a.tenant_id = h.tenant_id AND a.id = target))
        OR (t.kind = 'subject' AND EXISTS (
            SELECT FROM request_findings f
            JOIN privacy_requests r ON (r.tenant_id, r.id) = (f.tenant_id, f.request_id)
            WHERE f.tenant_id = h.tenant_id AND f.target_id = target AND r.subject_id = t.target_id)))
    ORDER BY h.placed_at LIMIT 1
$$;

CREATE TRIGGER refuse_held BEFORE DELETE ON screening_customers FOR EACH ROW EXECUTE FUNCTION refuse_held('customer');
CREATE TRIGGER refuse_held BEFORE DELETE ON screening_alerts FOR EACH ROW EXECUTE FUNCTION refuse_held('case');
CREATE TRIGGER refuse_held BEFORE DELETE ON screenings FOR EACH ROW EXECUTE FUNCTION refuse_held('screening');
CREATE TRIGGER refuse_held BEFORE DELETE ON screening_batches FOR EACH ROW EXECUTE FUNCTION refuse_held('batch');

-- The last line here too: a case that nobody has decided on is not deleted, whichever way it is tried.
CREATE FUNCTION refuse_open_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('decided', 'withdrawn') AND NOT EXISTS (
        SELECT FROM replayed_erasures r WHERE r.tenant_id = OLD.tenant_id
        AND (r.kind, r.target_id) IN (('case', OLD.id), ('customer', OLD.subject_id))) THEN
        RAISE SQLSTATE 'LR409' USING MESSAGE = 'a case that is not closed is kept';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER refuse_open_case BEFORE DELETE ON screening_alerts FOR EACH ROW EXECUTE FUNCTION refuse_open_case();

GRANT DELETE ON screening_alerts, screening_alert_hits, screening_alert_steps, screening_clearances,
    screening_reports TO lionrock_runtime;
GRANT UPDATE (body) ON screening_batch_chunks TO lionrock_runtime;
