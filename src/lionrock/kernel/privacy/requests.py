"""Access and correction requests (Cap. 486, Part 5): their clock, their steps, their ends.

received → searching → reviewing → packaged → delivered, or refused from any state that is not an
end. A request is never deleted: refusals are kept four years at least (s. 27), with their reasons.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy import clock
from lionrock.kernel.privacy.grounds import REFUSING_ACCESS, REFUSING_CORRECTION
from lionrock.kernel.privacy.request_models import (
    ENDS,
    Identity,
    Language,
    Notice,
    Request,
    RequestKind,
    RequestState,
)
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault

TABLE: Final = "privacy_requests"


_COLUMNS: Final = (
    "id, subject_id, kind, state, language, wording, received_on, due_on, identity_method,"
    " identity_checked_by, identity_checked_at, fee_cents, fee_paid_on, extended_on,"
    " extension_reason, refusal_ground, refusal_reason, searched_at, package_sha256,"
    " package_bytes, delivery_method, closed_on"
)
_OPEN: Final = "state NOT IN ('delivered', 'refused')"


class Requests:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def receive(
        self, actor: Actor, subject: UUID, kind: RequestKind, *, received_on: date,
        language: Language = "en", wording: str = "",
    ) -> UUID:  # fmt: skip
        """Enter a request. The clock runs from the day it was received, not from today."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        if received_on > clock.hong_kong_date(datetime.now(UTC)):
            raise InvalidInput("A request cannot have been received on a day to come.")
        request = uuid4()
        seals = Seals(self._vault, actor.tenant_id, scopes.subject(subject))
        async with self._database.tenant_session(actor) as db:
            if not await db.fetchval(
                "SELECT true FROM subjects WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, subject),
            ):
                raise NotFound(ABSENT)
            sealed = seals.seal(TABLE, request, "wording", wording) if wording else None
            due = clock.due_on(received_on)
            await db.execute(
                "INSERT INTO privacy_requests (tenant_id, id, subject_id, kind, language, wording,"
                " received_on, due_on, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                *(actor.tenant_id, request, subject, kind.value, language, sealed),
                *(received_on, due, actor.id),
            )
            details = {"kind": kind.value, "due": due.isoformat()}
            await record(db, actor, Event.PRIVACY_REQUEST_RECEIVE, request, details)
        return request

    async def listing(self, actor: Actor) -> list[Request]:
        """Open ones first, the soonest due first; then those that ended, the latest first."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                f"SELECT {_COLUMNS} FROM privacy_requests WHERE tenant_id = $1 ORDER BY"
                f" NOT ({_OPEN}), CASE WHEN {_OPEN} THEN due_on END, closed_on DESC, id",
                actor.tenant_id,
            )
        return [self.opened(actor.tenant_id, r) for r in rows]

    async def get(self, actor: Actor, request: UUID) -> Request:
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            return self.opened(actor.tenant_id, await row_of(db, actor.tenant_id, request))

    async def check_identity(self, actor: Actor, request: UUID, method: Identity) -> None:
        """Who is asking has been shown to `actor`, by `method` (s. 20(1)(a))."""
        await self._update(
            actor, request, Event.PRIVACY_IDENTITY_CHECK, {"method": method},
            identity_method=method, identity_checked_by=actor.id,
            identity_checked_at=datetime.now(UTC),
        )  # fmt: skip

    async def set_fee(
        self, actor: Actor, request: UUID, cents: int, paid_on: date | None = None
    ) -> None:
        """A fee in Hong Kong cents (s. 28(2)); a correction has none (s. 28(1))."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request)
        if row["kind"] == RequestKind.CORRECTION and cents:
            raise InvalidInput("No fee may be asked for a correction (Cap. 486, s. 28(1) and (2)).")
        await self._update(
            actor, request, Event.PRIVACY_FEE_SET, {"cents": cents, "paid": paid_on is not None},
            fee_cents=cents, fee_paid_on=paid_on,
        )  # fmt: skip

    async def extend(self, actor: Actor, request: UUID, reason: str) -> None:
        """Put on record that the requestor was told why it takes longer: within the 40 days alone
        (s. 19(2)(a), 23(2)(a)). The due day stays; the rest follows as soon as practicable."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        today = clock.hong_kong_date(datetime.now(UTC))
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request)
        if today > row["due_on"]:
            raise Conflict("The 40 days are over: such a notice is given before (s. 19(2)(a)).")
        sealed = Seals(self._vault, actor.tenant_id).seal(
            TABLE, request, "extension_reason", _reason(reason)
        )
        await self._update(
            actor, request, Event.PRIVACY_REQUEST_EXTEND, {},
            extended_on=today, extension_reason=sealed,
        )  # fmt: skip

    async def refuse(self, actor: Actor, request: UUID, ground: str, reason: str) -> None:
        """End it, with the ground and the particulars that the log book keeps (s. 27(2))."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request)
        known = REFUSING_ACCESS if row["kind"] == RequestKind.ACCESS else REFUSING_CORRECTION
        if ground not in known:
            raise InvalidInput(f"The ground is one of: {', '.join(known)}.")
        # With the tenant's key: the log book outlives the person's record.
        seals = await Seals(self._vault, actor.tenant_id).ready()
        await self._update(
            actor, request, Event.PRIVACY_REQUEST_REFUSE, {"ground": ground},
            state=RequestState.REFUSED.value, refusal_ground=ground,
            refusal_reason=seals.seal(TABLE, request, "refusal_reason", _reason(reason)),
            closed_on=clock.hong_kong_date(datetime.now(UTC)),
        )  # fmt: skip

    async def deliver(self, actor: Actor, request: UUID, method: str) -> None:
        """The copy was handed over. Not before the identity was checked and the fee paid."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request)
        if row["identity_checked_at"] is None:
            raise Conflict("Check first who is asking: nothing may be handed to somebody else.")
        if row["kind"] == RequestKind.ACCESS and row["state"] != RequestState.PACKAGED:
            raise Conflict("There is no package yet: search, review and package first.")
        if row["fee_cents"] and row["fee_paid_on"] is None:
            raise Conflict("The fee has not been paid (s. 28(5)).")
        await self._update(
            actor, request, Event.PRIVACY_REQUEST_DELIVER, {"method": method},
            state=RequestState.DELIVERED.value, delivery_method=method,
            closed_on=clock.hong_kong_date(datetime.now(UTC)),
        )  # fmt: skip

    async def notices(self, actor: Actor, *, today: date | None = None) -> list[Notice]:
        """Open requests with ten days left or fewer, the soonest due first."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            return await _due(db, actor.tenant_id, today)

    async def remind(self, actor: Actor, *, today: date | None = None) -> int:
        """Write an event for each threshold that was newly reached; how many. For the worker."""
        written = 0
        async with self._database.tenant_session(actor) as db:
            for notice in await _due(db, actor.tenant_id, today):
                fresh = await db.fetchval(
                    "UPDATE privacy_requests SET reminded = $3 WHERE tenant_id = $1 AND id = $2"
                    " AND (reminded IS NULL OR reminded > $3) RETURNING id",
                    *(actor.tenant_id, notice.request_id, notice.threshold),
                )
                if fresh:
                    details = {"threshold": notice.threshold, "days_left": notice.days_left}
                    await record(
                        db, actor, Event.PRIVACY_REQUEST_REMIND, notice.request_id, details
                    )
                    written += 1
        return written

    async def _update(
        self, actor: Actor, request: UUID, event: Event, details: dict[str, object],
        **columns: object,
    ) -> None:  # fmt: skip
        """Set `columns` (this module's own words) of an open request."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 3))
        async with self._database.tenant_session(actor) as db:
            changed = await db.fetchval(
                f"UPDATE privacy_requests SET {sets} WHERE tenant_id = $1 AND id = $2 AND {_OPEN}"
                " RETURNING id",
                *(actor.tenant_id, request, *columns.values()),
            )
            if changed is None:
                row = await row_of(db, actor.tenant_id, request)
                raise Conflict(f"The request is {row['state']}: it has ended.")
            await record(db, actor, event, request, details)

    def opened(self, tenant: UUID, row: asyncpg.Record) -> Request:
        values: dict[str, Any] = dict(row)
        own = Seals(self._vault, tenant, scopes.subject(row["subject_id"]))
        kept = Seals(self._vault, tenant)
        values["wording"] = own.open(TABLE, row["id"], "wording", row["wording"])
        for column in ("extension_reason", "refusal_reason"):
            values[column] = kept.open(TABLE, row["id"], column, row[column])
        hashed = row["package_sha256"]
        values["package_sha256"] = hashed.hex() if hashed else None
        today = clock.hong_kong_date(datetime.now(UTC))
        ended = row["state"] in ENDS
        values["days_left"] = None if ended else clock.days_left(row["due_on"], today)
        return Request(**values)


async def row_of(
    db: asyncpg.Connection, tenant: UUID, request: UUID, *, lock: bool = False
) -> asyncpg.Record:
    """The row of a request, for the modules of this room. `NotFound`."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM privacy_requests WHERE tenant_id = $1 AND id = $2"
        + (" FOR UPDATE" if lock else ""),
        *(tenant, request),
    )
    if row is None:
        raise NotFound(ABSENT)
    return row


async def _due(db: asyncpg.Connection, tenant: UUID, today: date | None) -> list[Notice]:
    today = today or clock.hong_kong_date(datetime.now(UTC))
    rows = await db.fetch(
        f"SELECT id, kind, due_on, extended_on FROM privacy_requests WHERE tenant_id = $1 AND {_OPEN}"
        " AND due_on - $2::date <= $3 ORDER BY due_on, id",
        *(tenant, today, max(clock.REMINDERS)),
    )
    found = []
    for row in rows:
        threshold = clock.reminder(row["due_on"], today)
        if threshold is not None:
            notice = Notice(
                request_id=row["id"],
                kind=row["kind"],
                due_on=row["due_on"],
                days_left=clock.days_left(row["due_on"], today),
                threshold=threshold,
                extended=row["extended_on"] is not None,
            )
            found.append(notice)
    return found


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput("Say why: the requestor is told, and the log book keeps it.")
    return text.strip()
