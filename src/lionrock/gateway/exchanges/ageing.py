"""Exchanges go when their time is over, by the tenant's class `gateway-exchange`, and with them the keys
of months of which nothing is left.

By time alone, so that an older database that is put back comes to the same; what was sealed with a
destroyed key does not open even before.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from lionrock.errors import Erased
from lionrock.gateway.exchanges.personal import KIND
from lionrock.gateway.exchanges.records import TABLE, month
from lionrock.gateway.ledger.personal import cutoff
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.tombstones import condemn

EXCHANGE_CLASS: Final = "gateway-exchange"
_AT_ONCE: Final = 500
_GRACE: Final = timedelta(days=2)
"""After a month's end, before its key can go: a call that began in it may still be under way."""
_MONTHS_BACK: Final = 120
_GO: Final = f"""
DELETE FROM {TABLE} WHERE tenant_id = $1 AND id IN (
    SELECT id FROM {TABLE} WHERE tenant_id = $1 AND began_at < $2 AND hold_on('{KIND}', id) IS NULL
    ORDER BY began_at LIMIT $3)
"""
_LEFT: Final = f"SELECT 1 FROM {TABLE} WHERE tenant_id = $1 AND key_period = $2 LIMIT 1"


class ExchangeAgeing:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def forget(self, tenant: UUID, *, now: datetime | None = None) -> int:
        """Remove a tenant's exchanges that are past the class's longest time; how many. What is held
        stays, and so does its month's key. Growth: with what came of age since, and what is held."""
        moment, done = now or datetime.now(UTC), 0
        house = worker(tenant)
        while True:
            async with self._database.tenant_session(house) as db:
                until = await cutoff(db, tenant, moment, EXCHANGE_CLASS)
                if until is None:
                    return done
                told: str = await db.execute(_GO, tenant, until, _AT_ONCE)
                count = int(told.rpartition(" ")[2])
                if count:
                    details = {"exchanges": count, "before": until.isoformat()}
                    await record(db, house, Event.GATEWAY_EXCHANGE_FORGET, tenant, details)
            done += count
            if count < _AT_ONCE:
                await self._destroy_keys(house, min(until, moment - _GRACE))
                return done

    async def _destroy_keys(self, house: Actor, until: datetime) -> None:
        """Of months that ended before `until` and have nothing left."""
        for scope in await asyncio.to_thread(self._kept_before, house.tenant_id, until):
            async with self._database.tenant_session(house) as db:
                left = await db.fetchval(_LEFT, house.tenant_id, scope.name)
                if not left:
                    await condemn(db, house.tenant_id, scope)
            if not left:
                await asyncio.to_thread(self._vault.destroy, house.tenant_id, scope)

    def _kept_before(self, tenant: UUID, until: datetime) -> list[Scope]:
        """Scopes of earlier months whose keys are in the key store."""
        found = []
        first = until.astimezone(UTC).replace(day=1)
        for _ in range(_MONTHS_BACK):
            first = (first - timedelta(days=1)).replace(day=1)
            with suppress(Erased):
                if self._vault.store.scope(tenant, month(first)) is not None:
                    found.append(month(first))
        return found
