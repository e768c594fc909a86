"""Usage as personal data: who called is given to them, and forgotten when its time is over.

The rows stay, with tokens and cost, as long as the books need them; the member and the key go. That is
done by time alone, so that an older database that is put back comes to the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.gateway.ledger.writing import amount
from lionrock.kernel.actors import NOBODY, Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.sources import Found, Part, Person, Wanted
from lionrock.kernel.tables import as_csv

USAGE_CLASS: Final = "gateway-usage"
_AT_ONCE: Final = 10_000

_OF: Final = """
SELECT started_at, model, key_id, outcome, tokens_in, tokens_out, currency, cost FROM gateway_usage
WHERE tenant_id = $1 AND member_id = $2 ORDER BY started_at, id
"""


class UsageData:
    """A `PersonalDataSource`: a member's calls, found by their id. No content is kept of any."""

    name = "usage"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        if person.member is None:
            return
        async with self._database.tenant_session(actor) as db:
            count = await db.fetchval(
                "SELECT count(*) FROM gateway_usage WHERE tenant_id = $1 AND member_id = $2",
                *(actor.tenant_id, person.member),
            )
        if count:
            yield Found(person.member, "id", excerpt=f"{count}")

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(_OF, actor.tenant_id, target)
        data = as_csv(
            ("time", "model", "with a key", "outcome", "tokens in", "tokens out", "currency", "cost"),
            (
                (
                    r["started_at"].isoformat(), r["model"], "yes" if r["key_id"] else "no",
                    r["outcome"], r["tokens_in"], r["tokens_out"], r["currency"],
                    "" if r["cost"] is None else amount(r["cost"]),
                )
                for r in rows
            ),
        )  # fmt: skip
        return [Part(f"usage-{target.hex}.csv", "text/csv", data, data.decode("utf-8-sig"))]


# Days end in Hong Kong. Nothing goes by itself unless the class says so, as with all that is kept.
_CUTOFF: Final = """
SELECT (date_trunc('day', $2::timestamptz AT TIME ZONE 'Asia/Hong_Kong')
        - make_interval(months => greatest(minimum_months, maximum_months))) AT TIME ZONE 'Asia/Hong_Kong'
FROM retention_classes
WHERE tenant_id = $1 AND code = $3 AND active AND automatic AND maximum_months IS NOT NULL
"""


async def cutoff(db: asyncpg.Connection, tenant: UUID, now: datetime, code: str) -> datetime | None:
    """What began before it is past the longest time of a class; None where the class lets nothing go by
    itself."""
    until: datetime | None = await db.fetchval(_CUTOFF, tenant, now, code)
    return until


_BEGIN: Final = """
SELECT coalesce((SELECT done_until FROM gateway_usage_ageing WHERE tenant_id = $1), 'epoch')
"""
# Limits and budgets of a member or key would lead back to them.
_FORGET: Final = """
WITH named AS (
    SELECT u.id FROM gateway_usage u
    WHERE u.tenant_id = $1 AND u.started_at >= $2 AND u.started_at < $3
      AND u.outcome <> 'started' AND u.member_id <> $4 AND NOT u.member_id = ANY ($5)
    ORDER BY u.started_at LIMIT $6
)
UPDATE gateway_usage u SET member_id = $4, key_id = NULL,
    limits = ARRAY(SELECT m FROM unnest(u.limits) m WHERE m IN
        (SELECT id FROM gateway_limits WHERE tenant_id = $1 AND kind = 'tenant')),
    budgets = ARRAY(SELECT m FROM unnest(u.budgets) WITH ORDINALITY x(m, n) WHERE m IN
        (SELECT id FROM gateway_budgets WHERE tenant_id = $1 AND kind = 'tenant') ORDER BY n),
    periods = ARRAY(SELECT p FROM unnest(u.budgets, u.periods) WITH ORDINALITY x(m, p, n) WHERE m IN
        (SELECT id FROM gateway_budgets WHERE tenant_id = $1 AND kind = 'tenant') ORDER BY n)
FROM named WHERE u.tenant_id = $1 AND u.id = named.id
"""
_MEMBERS: Final = """
SELECT member_id FROM (SELECT DISTINCT member_id FROM gateway_usage WHERE tenant_id = $1
    AND started_at >= $2 AND started_at < $3 AND member_id <> $4) x
WHERE hold_on('usage', member_id) IS NOT NULL
"""
# What a hold keeps, or is still open, is looked at again.
_KEEP: Final = """
INSERT INTO gateway_usage_ageing (tenant_id, done_until)
SELECT $1, coalesce(min(started_at), $3) FROM gateway_usage
WHERE tenant_id = $1 AND started_at >= $2 AND started_at < $3 AND member_id <> $4
ON CONFLICT (tenant_id) DO UPDATE SET done_until = excluded.done_until
"""


class UsageAgeing:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, tenant: UUID, *, now: datetime | None = None) -> int:
        """Take members and keys out of a tenant's rows that are past the class's longest time; how
        many. Those of a member on hold stay. Growth: with the rows that came of age since."""
        house, done = worker(tenant), 0
        while True:
            async with self._database.tenant_session(house) as db:
                span = await self._span(db, tenant, now or datetime.now(UTC))
                if span is None:
                    return done
                held = [r[0] for r in await db.fetch(_MEMBERS, tenant, *span, NOBODY)]
                told: str = await db.execute(_FORGET, tenant, *span, NOBODY, held, _AT_ONCE)
                count = int(told.rpartition(" ")[2])
                await db.execute(_KEEP, tenant, *span, NOBODY)
                if count:
                    details = {"calls": count, "before": span[1].isoformat()}
                    await record(db, house, Event.GATEWAY_USAGE_FORGET, tenant, details)
            done += count
            if count < _AT_ONCE:
                return done

    async def _span(
        self, db: asyncpg.Connection, tenant: UUID, now: datetime
    ) -> tuple[datetime, datetime] | None:
        """What came of age and was not looked through; None where nothing did."""
        until = await cutoff(db, tenant, now, USAGE_CLASS)
        if until is None:
            return None
        since = await db.fetchval(_BEGIN, tenant)
        return (since, until) if since < until else None
