-- Engines of the gateway: which one served a call, and which are drained. See docs/gateway-engines.md.

-- Engines that get nothing more until someone resumes them, in every process, after a restart too.
-- No tenant's data.
CREATE TABLE gateway_drains (
    engine text PRIMARY KEY CHECK (length(engine) BETWEEN 1 AND 64),
    drained_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, DELETE ON gateway_drains TO lionrock_runtime;

COMMENT ON COLUMN gateway_usage.engine IS
    'The engine that served; of a call that reached none, or was lost: all that could have, divided by |';

-- As before, but that a settlement tells which engine served, and the SHA-256 of its weights; and that a
-- call of which nothing is to be kept names nobody once it is settled: neither member nor key, nor the
-- limits and budgets that would lead back to them. What those hold is in their own rows.
DROP FUNCTION gateway_settle, gateway_commit;

-- The end of calls of the transaction's tenant. Once each: a row that is settled stays, unless it was
-- only taken for lost. `subjects` are locked by the caller. Where `engines` has one, it served the call;
-- else the row keeps the names that it was begun with.
CREATE FUNCTION gateway_settle(
    tenant uuid, at timestamptz, subjects uuid[], ids uuid[], outcomes text[], ins int[], outs int[],
    costs bigint[], queued int[], firsts int[], totals int[], engines text[], hashes bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
    WITH done AS (
        UPDATE gateway_usage u SET outcome = s.outcome, tokens_in = s.tokens_in, settled_at = at,
            tokens_out = s.tokens_out, cost = s.cost, queue_ms = s.queue_ms,
            first_byte_ms = s.first_byte_ms, total_ms = s.total_ms,
            engine = coalesce(s.engine, u.engine),
            model_sha256 = CASE WHEN s.engine IS NULL THEN u.model_sha256 ELSE s.hash END,
            member_id = CASE WHEN u.retention <> 'none' THEN u.member_id ELSE nobody END,
            key_id = CASE WHEN u.retention <> 'none' THEN u.key_id END,
            limits = CASE WHEN u.retention <> 'none' THEN u.limits ELSE ARRAY(
                SELECT l.id FROM gateway_limits l WHERE l.tenant_id = tenant AND l.subject_id = tenant
                    AND l.id = ANY (u.limits)) END,
            budgets = CASE WHEN u.retention <> 'none' THEN u.budgets ELSE ARRAY(
                SELECT m.id FROM unnest(u.budgets) WITH ORDINALITY m(id, n)
                JOIN gateway_budgets b ON b.tenant_id = tenant AND b.subject_id = tenant AND b.id = m.id
                ORDER BY m.n) END,
            periods = CASE WHEN u.retention <> 'none' THEN u.periods ELSE ARRAY(
                SELECT m.period FROM unnest(u.budgets, u.periods) WITH ORDINALITY m(id, period, n)
                JOIN gateway_budgets b ON b.tenant_id = tenant AND b.subject_id = tenant AND b.id = m.id
                ORDER BY m.n) END
        FROM unnest(ids, outcomes, ins, outs, costs, queued, firsts, totals, engines, hashes)
            AS s(id, outcome, tokens_in, tokens_out, cost, queue_ms, first_byte_ms, total_ms, engine,
                hash)
        WHERE u.tenant_id = tenant AND u.id = s.id
          AND (u.outcome = 'started' OR (u.outcome = 'lost' AND s.outcome <> 'lost'))
        RETURNING old.limits, old.budgets, old.periods, new.cost - coalesce(old.cost, 0) AS spent,
            old.outcome = 'started' AS was_open,
            CASE WHEN old.outcome = 'started' THEN new.most_cost ELSE 0 END AS reserved,
            new.most_in::bigint + new.most_out - new.tokens_in - new.tokens_out AS unused
    ), freed AS (
        UPDATE gateway_limits l SET open = greatest(0, l.open - d.calls), tokens = l.tokens + d.unused
        FROM (SELECT m AS id, count(*)::int AS calls, sum(unused)::float8 AS unused
              FROM done, unnest(done.limits) m WHERE was_open GROUP BY 1) d
        WHERE l.tenant_id = tenant AND l.subject_id = ANY (subjects) AND l.id = d.id
    )
    UPDATE gateway_budgets b SET reserved = b.reserved - d.reserved, spent = b.spent + d.spent
    FROM (SELECT m.id, m.period, sum(reserved)::bigint AS reserved, sum(spent)::bigint AS spent
          FROM done, unnest(done.budgets, done.periods) m(id, period) GROUP BY 1, 2) d
    WHERE b.tenant_id = tenant AND b.id = d.id AND b.period_start = d.period;
END $$;

-- What a process has to write, for several tenants: settlements first, then admissions, in one
-- transaction. It runs with the rights of its caller, enters each tenant with that tenant's own proof,
-- and row-level security holds for each in turn. Tenants ascend, and in each the subjects do, so that
-- two processes never wait for each other in a ring. `s_upto` and `a_upto` say where each tenant's
-- stretch of the arrays ends.
CREATE FUNCTION gateway_commit(
    tenants uuid[], proofs text[], instance uuid, clock timestamptz,
    s_upto int[], s_id uuid[], s_member uuid[], s_key uuid[], s_outcome text[], s_in int[], s_out int[],
    s_cost bigint[], s_queue int[], s_first int[], s_total int[], s_engine text[], s_hash bytea[],
    a_upto int[], a_id uuid[], a_member uuid[], a_key uuid[], a_engine text[], a_model text[],
    a_hash bytea[], a_retention text[], a_currency text[], a_price_in bigint[], a_price_out bigint[],
    a_in int[], a_out int[], a_cost bigint[]
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := coalesce(clock, clock_timestamp());
    verdicts text[] := '{}';
    tenant uuid;
    subjects uuid[];
    s int := 1;
    a int := 1;
    t int;
    z int;
BEGIN
    IF NOT EXISTS (SELECT FROM gateway_instances WHERE id = instance
                   AND beat_at BETWEEN at - interval '5 s' AND at + interval '5 s') THEN
        INSERT INTO gateway_instances VALUES (instance, at)
        ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at;
    END IF;
    FOR k IN 1..cardinality(tenants) LOOP
        tenant := tenants[k];
        t := s_upto[k];
        z := a_upto[k];
        PERFORM set_config('lionrock.tenant', tenant::text, true),
                set_config('lionrock.proof', proofs[k], true);
        subjects := tenant || s_member[s:t] || s_key[s:t] || a_member[a:z] || a_key[a:z];
        PERFORM FROM gateway_limits x WHERE x.tenant_id = tenant AND x.subject_id = ANY (subjects)
        ORDER BY x.subject_id FOR UPDATE;
        PERFORM FROM gateway_budgets x WHERE x.tenant_id = tenant AND x.subject_id = ANY (subjects)
        ORDER BY x.id FOR UPDATE;
        IF s <= t THEN
            PERFORM gateway_settle(tenant, at, subjects, s_id[s:t], s_outcome[s:t], s_in[s:t],
                s_out[s:t], s_cost[s:t], s_queue[s:t], s_first[s:t], s_total[s:t], s_engine[s:t],
                s_hash[s:t]);
        END IF;
        IF a <= z THEN
            verdicts := verdicts || gateway_admit(tenant, instance, at, subjects, a_id[a:z],
                a_member[a:z], a_key[a:z], a_engine[a:z], a_model[a:z], a_hash[a:z], a_retention[a:z],
                a_currency[a:z], a_price_in[a:z], a_price_out[a:z], a_in[a:z], a_out[a:z], a_cost[a:z]);
        END IF;
        s := t + 1;
        a := z + 1;
    END LOOP;
    PERFORM set_config('lionrock.tenant', '', true), set_config('lionrock.proof', '', true);
    RETURN verdicts;
END $$;

REVOKE ALL ON FUNCTION gateway_settle, gateway_commit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gateway_settle, gateway_commit TO lionrock_runtime;
