"""Erasure: proposed by one person, approved by another, done in steps that survive a crash, proven.

approved → rows → keys → files → done; each state is committed when its step is whole, and every step
may be repeated. A server killed in between goes on at its next start.

1. rows    in one transaction: rows and all derived from them, event payloads that name them,
           tombstones. From its commit on the keys are dead, whatever happens next.
2. keys    the keys are destroyed in the key store.
3. files   files, reading copies, index entries, packages.
4. done    the certificate, and the event that commits to it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from lionrock.errors import Conflict, LionrockError, NotFound
from lionrock.kernel import approvals
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.audit.canonical import Json, canonical
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, Resource, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy import certificates
from lionrock.kernel.privacy.erasure_records import (
    Erasure,
    ErasureTarget,
    Reason,
    chosen_of,
    content_hash_of,
    erasure_of,
    forget_events,
    hash_of,
    row_of,
    scopes_of,
    told_of,
)
from lionrock.kernel.privacy.holds import take_turns
from lionrock.kernel.privacy.keeping import removable
from lionrock.kernel.privacy.sources import Eraser
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.tombstones import condemn

log = logging.getLogger(__name__)
ACTION: Final = P.PRIVACY_ERASURE_RUN.value
_UNDERWAY: Final = ("approved", "rows", "keys", "files")


class Erasures:
    def __init__(
        self, database: Database, vault: Vault, erasers: Sequence[Eraser],
        *, after: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        """`after` is told the state that was just committed; tests stop the process there."""
        self._database, self._vault = database, vault
        self._erasers: Mapping[str, Eraser] = {e.kind: e for e in erasers}
        self._after = after or (lambda state: None)

    async def propose(self, actor: Actor, targets: Sequence[ErasureTarget], reason: Reason) -> UUID:
        """Propose to erase all of `targets`, as they are now. `Conflict` if a hold or a law keeps one."""
        require(actor, P.PRIVACY_ERASURE_RUN)
        chosen = chosen_of(targets)
        erasure = uuid4()
        async with self._database.tenant_session(actor) as db:
            content = await self._content(db, actor, chosen, reason)
            hashed = content_hash_of(content)
            proposal = await approvals.propose(db, actor, ACTION, erasure, hashed)
            await self._insert(db, actor, erasure, content, proposal=proposal, state="proposed")
            details = {"targets": len(chosen), "reason": reason, "content": hashed.hex()}
            await record(db, actor, Event.PRIVACY_ERASURE_PROPOSE, erasure, details)
        return erasure

    async def approve(self, actor: Actor, erasure: UUID, content_hash: str) -> bytes:
        """Approve what the hash names, and carry it out; the certificate's file.

        Another person than the proposer. `Conflict` if anything changed since, or is held now.
        """
        _may_judge(actor, erasure)
        async with self._database.tenant_session(actor) as db:
            await take_turns(db, actor.tenant_id)
            row = await row_of(db, actor.tenant_id, erasure, lock=True)
            shown = hash_of(content_hash)
            await approvals.approve(db, actor, row["proposal_id"], shown)
            targets = [ErasureTarget(**t) for t in json.loads(row["targets"])]
            content = await self._content(db, actor, targets, row["reason"])
            await approvals.use(
                db, actor, row["proposal_id"], ACTION, erasure, content_hash_of(content)
            )
            await db.execute(
                "UPDATE erasures SET state = 'approved', approved_by = $3, approved_at = now()"
                " WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, erasure, actor.id),
            )
            await record(
                db, actor, Event.PRIVACY_ERASURE_APPROVE, erasure, {"content": content_hash}
            )
        self._after("approved")
        await asyncio.shield(self.carry_out(actor.tenant_id, erasure))
        return await self.certificate(actor, erasure)

    async def refuse(self, actor: Actor, erasure: UUID) -> None:
        _may_judge(actor, erasure)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, erasure, lock=True)
            await approvals.refuse(db, actor, row["proposal_id"])
            await db.execute(
                "UPDATE erasures SET state = 'refused' WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, erasure),
            )
            await record(db, actor, Event.PRIVACY_ERASURE_REFUSE, erasure)

    async def by_rule(self, tenant: UUID, targets: Sequence[ErasureTarget]) -> UUID:
        """Erase what a class of the tenant's says may go by itself. For the worker."""
        house, erasure = worker(tenant), uuid4()
        async with self._database.tenant_session(house) as db:
            await take_turns(db, tenant)
            content = await self._content(db, house, chosen_of(targets), "retention")
            await self._insert(db, house, erasure, content, proposal=None, state="approved")
            details = {"targets": len(targets), "reason": "retention"}
            await record(db, house, Event.PRIVACY_ERASURE_APPROVE, erasure, details)
        await self.carry_out(tenant, erasure)
        return erasure

    async def resume(self) -> int:
        """At start: finish what a killed server had begun; how many."""
        finished = 0
        for tenant in await self._database.tenants():
            async with self._database.tenant_session(worker(tenant)) as db:
                rows = await db.fetch(
                    "SELECT id FROM erasures WHERE tenant_id = $1 AND state = ANY($2)",
                    *(tenant, list(_UNDERWAY)),
                )
            for row in rows:
                try:
                    await self.carry_out(tenant, row["id"])
                    finished += 1
                except LionrockError as error:  # a hold came first; the rest of the start goes on
                    log.warning("erasure %s waits: %s", row["id"], error.detail)
                except Exception as error:
                    log.error("erasure %s waits: %s", row["id"], type(error).__name__)
        return finished

    async def carry_out(self, tenant: UUID, erasure: UUID) -> None:
        """Every step that has not been done. May be killed anywhere and called again."""
        house = worker(tenant)
        async with self._database.tenant_session(house) as db:
            row = await row_of(db, tenant, erasure)
        content, state = json.loads(row["content"]), row["state"]
        if state == "approved":
            await self._rows(house, erasure, content)
            state = self._reached("rows")
        if state == "rows":
            for scope in scopes_of(content):
                await asyncio.to_thread(self._vault.destroy, tenant, scope)
            await self._reach(house, erasure, "keys")
            state = self._reached("keys")
        if state == "keys":
            for facts in content["facts"]:
                eraser = self._erasers[facts["kind"]]
                await eraser.erase_outside(house, UUID(facts["id"]), facts)
            await self._reach(house, erasure, "files")
            state = self._reached("files")
        if state == "files":
            await self._certify(house, erasure)
            self._reached("done")

    async def _rows(self, house: Actor, erasure: UUID, content: Mapping[str, Any]) -> None:
        async with self._database.tenant_session(house) as db:
            await take_turns(db, house.tenant_id)
            removed = {}
            for facts in content["facts"]:
                target = UUID(facts["id"])
                eraser = self._erasers[facts["kind"]]
                await removable(db, house, eraser, target)
                removed[facts["id"]] = dict(await eraser.erase_rows(db, house, target))
            for scope in scopes_of(content):
                await condemn(db, house.tenant_id, scope)
            erased = await forget_events(db, house.tenant_id, map(UUID, content["ids"]))
            await db.execute(
                "UPDATE erasures SET state = 'rows', content = content || $3"
                " WHERE tenant_id = $1 AND id = $2",
                *(
                    house.tenant_id,
                    erasure,
                    json.dumps({"event_payloads": erased, "removed": removed}),
                ),
            )

    async def _reach(self, house: Actor, erasure: UUID, state: str) -> None:
        async with self._database.tenant_session(house) as db:
            await db.execute(
                "UPDATE erasures SET state = $3 WHERE tenant_id = $1 AND id = $2",
                *(house.tenant_id, erasure, state),
            )

    def _reached(self, state: str) -> str:
        self._after(state)
        return state

    async def _certify(self, house: Actor, erasure: UUID) -> None:
        async with self._database.tenant_session(house) as db:
            row = await row_of(db, house.tenant_id, erasure, lock=True)
            certificate = await told_of(db, house.tenant_id, row)
            details = {"certificate": certificates.digest(certificate)}
            event = await record(db, house, Event.PRIVACY_ERASURE_FINISH, erasure, details)
            kept: dict[str, Json] = {"certificate": certificate, "event_id": str(event)}
            await db.execute(
                "UPDATE erasures SET state = 'done', finished_at = now(), certificate = $3"
                " WHERE tenant_id = $1 AND id = $2",
                *(house.tenant_id, erasure, canonical(kept).decode()),
            )

    async def certificate(self, actor: Actor, erasure: UUID) -> bytes:
        """The file that anyone can check: see `certificates.verify`. `Conflict` before it is done."""
        require(actor, P.PRIVACY_ERASURE_RUN)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, erasure)
            if row["certificate"] is None:
                raise Conflict(f"The erasure is {row['state']}: there is no certificate yet.")
            kept = json.loads(row["certificate"])
            event = UUID(kept["event_id"])
            payload = await db.fetchrow(
                "SELECT salt, payload FROM event_payloads WHERE tenant_id = $1 AND event_id = $2",
                *(actor.tenant_id, event),
            )
        told = json.loads(payload["payload"])
        return certificates.sealed_with(kept["certificate"], event, told, payload["salt"])

    async def get(self, actor: Actor, erasure: UUID) -> Erasure:
        require(actor, P.PRIVACY_ERASURE_RUN)
        async with self._database.tenant_session(actor) as db:
            return erasure_of(await row_of(db, actor.tenant_id, erasure))

    async def listing(self, actor: Actor) -> list[Erasure]:
        """The newest first."""
        require(actor, P.PRIVACY_ERASURE_RUN)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT * FROM erasures WHERE tenant_id = $1 ORDER BY created_at DESC, id",
                actor.tenant_id,
            )
        return [erasure_of(r) for r in rows]

    async def _content(
        self, db: asyncpg.Connection, actor: Actor, targets: Sequence[ErasureTarget], reason: str
    ) -> dict[str, Any]:
        """What is proposed and on what evidence. `NotFound` for what is not there."""
        described = []
        for target in targets:
            found = await removable(db, actor, self._erasers[target.kind], target.id)
            if found is None:
                raise NotFound(ABSENT)
            described.append(found)
        content: dict[str, Any] = {
            "reason": reason,
            "targets": [t.model_dump(mode="json") for t in targets],
            "facts": [dict(d.facts) for d in described],
            "ids": [str(i) for d in described for i in d.ids],
            "scopes": [str(s) for d in described for s in d.scopes],
        }
        return content

    async def _insert(
        self, db: asyncpg.Connection, actor: Actor, erasure: UUID, content: Mapping[str, Any],
        *, proposal: UUID | None, state: str,
    ) -> None:  # fmt: skip
        by = actor.id if proposal is not None else None
        await db.execute(
            "INSERT INTO erasures (tenant_id, id, proposal_id, reason, targets, content,"
            " content_hash, state, proposed_by, approved_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE $8 WHEN 'approved' THEN now() END)",
            *(
                actor.tenant_id,
                erasure,
                proposal,
                content["reason"],
                json.dumps(content["targets"]),
            ),
            *(json.dumps(content), content_hash_of(content), state, by),
        )


def _may_judge(actor: Actor, erasure: UUID) -> None:
    """Of anyone's but their own: so much is asked before it is looked up."""
    somebodys = Resource(actor.tenant_id, created_by=frozenset({erasure}))
    require(actor, P.PRIVACY_ERASURE_APPROVE, somebodys)
