-- The gateway's ledger: limits, budgets, and a row of usage for each call. See docs/gateway-ledger.md.
-- A call's reservation is its row of usage while its outcome is 'started'. Money is in millionths.

-- Which processes write to the ledger, and when each was last heard of. No tenant's data.
CREATE TABLE gateway_instances (
    id uuid PRIMARY KEY,
    beat_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_instances TO lionrock_runtime;

-- What a subject may do, and how much of it is left: one row to lock.
CREATE TABLE gateway_limits (
    tenant_id uuid NOT NULL REFERENCES tenants,
    subject_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuidv7(),
    kind text NOT NULL CHECK (kind IN ('tenant', 'member', 'key')),
    requests_per_minute int CHECK (requests_per_minute > 0),
    tokens_per_minute int CHECK (tokens_per_minute > 0),
    at_once int CHECK (at_once > 0),
    context_tokens int CHECK (context_tokens > 0),
    output_tokens int CHECK (output_tokens > 0),
    models text[],
    windows int4multirange,
    requests double precision NOT NULL DEFAULT 0,
    tokens double precision NOT NULL DEFAULT 0,
    filled_at timestamptz NOT NULL DEFAULT '-infinity',
    open int NOT NULL DEFAULT 0 CHECK (open >= 0),
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subject_id),
    CHECK ((kind = 'tenant') = (subject_id = tenant_id))
) WITH (fillfactor = 50);
COMMENT ON COLUMN gateway_limits.windows IS 'Minutes of the week in Hong Kong, Monday 00:00 is 0';
COMMENT ON COLUMN gateway_limits.open IS 'Calls under way that were counted here';

CREATE TABLE gateway_budgets (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL DEFAULT uuidv7(),
    subject_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('tenant', 'member', 'key')),
    period text NOT NULL CHECK (period IN ('day', 'month', 'total')),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    cap bigint NOT NULL CHECK (cap BETWEEN 0 AND 1000000000000000),
    period_start date NOT NULL DEFAULT '0001-01-01',
    spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
    reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, subject_id, period),
    CHECK ((kind = 'tenant') = (subject_id = tenant_id))
) WITH (fillfactor = 50);
COMMENT ON COLUMN gateway_budgets.period_start IS 'First day, in Hong Kong, of the period that spent and reserved are of';

-- No foreign keys: each would cost a look-up a call, and the only writer is gateway_commit().
CREATE TABLE gateway_usage (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    instance_id uuid NOT NULL,
    member_id uuid NOT NULL,
    key_id uuid,
    engine text NOT NULL,
    model text NOT NULL,
    model_sha256 bytea CHECK (octet_length(model_sha256) = 32),
    retention text NOT NULL CHECK (retention IN ('standard', 'metadata', 'none')),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    price_in bigint NOT NULL CHECK (price_in >= 0),
    price_out bigint NOT NULL CHECK (price_out >= 0),
    most_in int NOT NULL CHECK (most_in >= 0),
    most_out int NOT NULL CHECK (most_out >= 0),
    most_cost bigint NOT NULL CHECK (most_cost BETWEEN 0 AND 1000000000000000),
    limits uuid[] NOT NULL,
    budgets uuid[] NOT NULL,
    periods date[] NOT NULL,
    outcome text NOT NULL DEFAULT 'started'
        CHECK (outcome IN ('started', 'finished', 'failed', 'cancelled', 'void', 'lost')),
    tokens_in int CHECK (tokens_in >= 0),
    tokens_out int CHECK (tokens_out >= 0),
    cost bigint CHECK (cost BETWEEN 0 AND 1000000000000000),
    queue_ms int CHECK (queue_ms >= 0),
    first_byte_ms int CHECK (first_byte_ms >= 0),
    total_ms int CHECK (total_ms >= 0),
    started_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((outcome = 'started') = (settled_at IS NULL)),
    CHECK ((outcome = 'started') = (cost IS NULL))
);
CREATE INDEX gateway_usage_by_time ON gateway_usage (tenant_id, started_at);
CREATE INDEX gateway_usage_open ON gateway_usage (tenant_id, instance_id) WHERE outcome = 'started';
COMMENT ON COLUMN gateway_usage.engine IS
    'The engine that served; of a call that reached none, or was lost: all that could have, divided by |';
COMMENT ON COLUMN gateway_usage.most_cost IS 'Reserved when the call was admitted: its worst case';
COMMENT ON COLUMN gateway_usage.limits IS 'Ids of the limits that counted it';
COMMENT ON COLUMN gateway_usage.budgets IS 'Ids of the budgets it was reserved in, for the periods that began on `periods`';

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['gateway_limits', 'gateway_budgets', 'gateway_usage'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = (SELECT current_tenant()))'
                       ' WITH CHECK (tenant_id = (SELECT current_tenant()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_limits, gateway_budgets TO lionrock_runtime;
GRANT SELECT, INSERT, UPDATE ON gateway_usage TO lionrock_runtime;

-- The end of calls of the transaction's tenant. Once each: a row that is settled stays, unless it was
-- only taken for lost. `subjects` are locked by the caller. Where `engines` has one, it served the call
-- with the weights of that SHA-256; else the row keeps what it was begun with. A call of which nothing is
-- to be kept names nobody once it is settled: neither member nor key, nor the limits and budgets that
-- would lead back to them. What those hold is in their own rows.
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

-- Calls of the transaction's tenant, in their order: for each NULL (admitted, reserved and on record)
-- or why not, as fields divided by '|'. `subjects` are locked by the caller, so what is decided here in
-- memory is what is written.
CREATE FUNCTION gateway_admit(
    tenant uuid, instance uuid, at timestamptz, subjects uuid[], ids uuid[], members uuid[],
    keys uuid[], engines text[], models text[], hashes bytea[], retentions text[], currencies text[],
    prices_in bigint[], prices_out bigint[], ins int[], outs int[], costs bigint[]
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    hong_kong timestamp := at AT TIME ZONE 'Asia/Hong_Kong';
    of_week int := (extract(isodow FROM hong_kong)::int - 1) * 1440
        + extract(hour FROM hong_kong)::int * 60 + extract(minute FROM hong_kong)::int;
    verdicts text[] := array_fill(NULL::text, ARRAY[cardinality(ids)]);
    held gateway_limits[];
    budgets gateway_budgets[];
    l gateway_limits;
    b gateway_budgets;
    verdict text;
    seconds float8;
    start date;
    need bigint;
    turned_back boolean := false;
BEGIN
    SELECT array_agg(x) INTO held FROM gateway_limits x
    WHERE x.tenant_id = tenant AND x.subject_id = ANY (subjects);
    SELECT array_agg(x) INTO budgets FROM gateway_budgets x
    WHERE x.tenant_id = tenant AND x.subject_id = ANY (subjects);

    FOR j IN 1..coalesce(cardinality(held), 0) LOOP
        l := held[j];
        -- A clock that was set back gives nothing; one that was far ahead is not waited for, and that is
        -- kept also if all are refused.
        turned_back := turned_back OR l.filled_at > at + interval '1 minute';
        seconds := least(greatest(extract(epoch FROM at - l.filled_at), 0), 60);
        l.requests := least(l.requests + seconds * l.requests_per_minute / 60, l.requests_per_minute);
        l.tokens := least(l.tokens + seconds * l.tokens_per_minute / 60, l.tokens_per_minute);
        l.requests := coalesce(l.requests, 0);
        l.tokens := coalesce(l.tokens, 0);
        l.filled_at := CASE WHEN l.filled_at > at + interval '1 minute' THEN at
                            ELSE greatest(l.filled_at, at) END;
        held[j] := l;
    END LOOP;
    FOR j IN 1..coalesce(cardinality(budgets), 0) LOOP
        b := budgets[j];
        start := CASE b.period WHEN 'day' THEN hong_kong::date
                               WHEN 'month' THEN date_trunc('month', hong_kong)::date
                               ELSE b.period_start END;
        IF start > b.period_start THEN
            b.period_start := start;
            b.spent := 0;
            b.reserved := 0;
            budgets[j] := b;
        END IF;
    END LOOP;

    FOR i IN 1..cardinality(ids) LOOP
        verdict := NULL;
        need := ins[i]::bigint + outs[i];
        FOR j IN 1..coalesce(cardinality(held), 0) LOOP
            l := held[j];
            CONTINUE WHEN l.subject_id <> tenant AND l.subject_id <> members[i]
                AND l.subject_id IS DISTINCT FROM keys[i];
            verdict := CASE
                WHEN models[i] <> ALL (l.models) THEN concat_ws('|', 'model', l.kind)
                WHEN outs[i] > l.output_tokens THEN concat_ws('|', 'output', l.kind, l.output_tokens)
                WHEN need > l.context_tokens THEN concat_ws('|', 'context', l.kind, l.context_tokens)
                WHEN need > l.tokens_per_minute
                    THEN concat_ws('|', 'never', l.kind, l.tokens_per_minute)
                WHEN NOT l.windows @> of_week THEN concat_ws('|', 'window', l.kind, of_week, l.windows)
                WHEN l.open >= l.at_once THEN concat_ws('|', 'at-once', l.kind, l.at_once)
                WHEN l.requests_per_minute IS NOT NULL AND l.requests < 1 THEN concat_ws('|',
                    'requests', l.kind, l.requests_per_minute,
                    (1 - l.requests) * 60 / l.requests_per_minute)
                WHEN l.tokens_per_minute IS NOT NULL AND l.tokens < need THEN concat_ws('|',
                    'tokens', l.kind, l.tokens_per_minute,
                    (need - l.tokens) * 60 / l.tokens_per_minute)
            END;
            EXIT WHEN verdict IS NOT NULL;
        END LOOP;
        IF verdict IS NULL THEN
            FOR j IN 1..coalesce(cardinality(budgets), 0) LOOP
                b := budgets[j];
                CONTINUE WHEN b.subject_id <> tenant AND b.subject_id <> members[i]
                    AND b.subject_id IS DISTINCT FROM keys[i];
                verdict := CASE
                    WHEN costs[i] > 0 AND b.currency <> currencies[i]
                        THEN concat_ws('|', 'currency', b.kind, b.currency)
                    WHEN costs[i] > 0 AND b.spent + b.reserved + costs[i] > b.cap
                        THEN concat_ws('|', 'budget', b.kind, b.period, b.currency, b.cap, b.spent,
                            b.reserved, CASE b.period
                                WHEN 'day' THEN extract(epoch FROM b.period_start + 1 - hong_kong)
                                WHEN 'month' THEN extract(epoch FROM
                                    b.period_start + interval '1 month' - hong_kong)
                            END)
                END;
                EXIT WHEN verdict IS NOT NULL;
            END LOOP;
        END IF;
        verdicts[i] := verdict;
        CONTINUE WHEN verdict IS NOT NULL;
        FOR j IN 1..coalesce(cardinality(held), 0) LOOP
            l := held[j];
            CONTINUE WHEN l.subject_id <> tenant AND l.subject_id <> members[i]
                AND l.subject_id IS DISTINCT FROM keys[i];
            l.requests := l.requests - 1;
            l.tokens := l.tokens - need;
            l.open := l.open + 1;
            held[j] := l;
        END LOOP;
        FOR j IN 1..coalesce(cardinality(budgets), 0) LOOP
            b := budgets[j];
            CONTINUE WHEN b.subject_id <> tenant AND b.subject_id <> members[i]
                AND b.subject_id IS DISTINCT FROM keys[i];
            b.reserved := b.reserved + costs[i];
            budgets[j] := b;
        END LOOP;
    END LOOP;

    IF array_position(verdicts, NULL) IS NULL AND NOT turned_back THEN
        RETURN verdicts;
    END IF;
    IF held IS NOT NULL THEN
        UPDATE gateway_limits g
        SET requests = x.requests, tokens = x.tokens, filled_at = x.filled_at, open = x.open
        FROM unnest(held) x WHERE g.tenant_id = tenant AND g.subject_id = x.subject_id;
    END IF;
    IF budgets IS NOT NULL THEN
        UPDATE gateway_budgets g
        SET period_start = x.period_start, spent = x.spent, reserved = x.reserved
        FROM unnest(budgets) x WHERE g.tenant_id = tenant AND g.id = x.id;
    END IF;
    INSERT INTO gateway_usage (tenant_id, id, instance_id, member_id, key_id, engine, model,
        model_sha256, retention, currency, price_in, price_out, most_in, most_out, most_cost,
        started_at, limits, budgets, periods)
    SELECT tenant, c.id, instance, c.member, c.key, c.engine, c.model, c.hash, c.retention, c.currency,
        c.price_in, c.price_out, c.most_in, c.most_out, c.most_cost, at,
        ARRAY(SELECT x.id FROM unnest(held) x WHERE x.subject_id IN (tenant, c.member, c.key)),
        ARRAY(SELECT x.id FROM unnest(budgets) x WHERE x.subject_id IN (tenant, c.member, c.key)),
        ARRAY(SELECT x.period_start FROM unnest(budgets) x
              WHERE x.subject_id IN (tenant, c.member, c.key))
    FROM unnest(verdicts, ids, members, keys, engines, models, hashes, retentions, currencies,
        prices_in, prices_out, ins, outs, costs) AS c(verdict, id, member, key, engine, model, hash,
        retention, currency, price_in, price_out, most_in, most_out, most_cost)
    WHERE c.verdict IS NULL;
    RETURN verdicts;
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

REVOKE ALL ON FUNCTION gateway_settle, gateway_admit, gateway_commit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gateway_settle, gateway_admit, gateway_commit TO lionrock_runtime;
