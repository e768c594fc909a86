"""Lists of a tenant: made, changed, put out of use; and their versions, as facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.matching.scoring import THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPE: Final = re.compile(r"[a-z0-9-]{0,40}")
"""A type of customer: "person", "bank", "pep" … as the institution calls it; empty for none."""
MOST_NUMBER: Final = 2**31 - 1
"""Numbers of versions lie below it."""
_KIND: Final = re.compile(r"[a-z0-9-]{1,40}")


class ScreeningList(BaseModel):
    """`threshold`: of this list, by type of customer first; None: the engine's own."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    name: str
    kind: str
    threshold: float | None
    type_thresholds: dict[str, float]
    current_version: int
    """0: nothing has been imported yet."""
    active: bool
    created_at: datetime
    entries: int = 0
    """Of the current version."""


class Version(BaseModel):
    """One import. `state`: reading, pending (waits for a person), applied or refused."""

    model_config = ConfigDict(frozen=True)
    number: int
    state: str
    sha256: str
    published: str | None
    """As the source says."""
    total: int
    added: int
    changed: int
    removed: int
    skipped: int
    """Entries of the source that could not be read."""
    reason: str | None
    imported_by: UUID
    imported_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None


class Same(Enum):
    """Not given: what there is stays, whatever it is."""

    SAME = auto()


class Lists:
    def __init__(self, database: Database, wake: Callable[[], None] = lambda: None) -> None:
        """`wake` is called when customers are to be screened again."""
        self._database, self._wake = database, wake

    async def create(
        self, actor: Actor, name: str, kind: str, *, threshold: float | None = None,
        type_thresholds: Mapping[str, float] | None = None,
    ) -> UUID:  # fmt: skip
        """A new list without a version. `Conflict` if there is one of that name."""
        require(actor, P.SCREENING_LIST_MANAGE)
        made, types = uuid4(), dict(type_thresholds or {})
        if not _KIND.fullmatch(kind):
            raise InvalidInput("The kind of a list is 1 to 40 of a-z, 0-9 and hyphen.")
        _check(threshold, types)
        async with self._database.tenant_session(actor) as db:
            await _written(
                db,
                "INSERT INTO screening_lists (tenant_id, id, name, kind, threshold,"
                " type_thresholds, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                *(actor.tenant_id, made, _name(name), kind, threshold, json.dumps(types), actor.id),
            )
            details: dict[str, object] = {"kind": kind, "types": len(types)}
            details |= {} if threshold is None else {"threshold": threshold}
            await record(db, actor, Event.SCREENING_LIST_CREATE, made, details)
        return made

    async def change(
        self, actor: Actor, list_id: UUID, *, name: str | None = None, active: bool | None = None,
        threshold: float | Literal[Same.SAME] | None = Same.SAME,
        type_thresholds: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        """Set what is given; what is not stays as it is then.

        Another threshold, or another use, has customers screened again; what takes hits away (a
        threshold raised, a list out of use) is for a person, not for a key.
        """
        require(actor, P.SCREENING_LIST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await list_row(db, actor.tenant_id, list_id, lock=True)
            was = (row["active"], row["threshold"], json.loads(row["type_thresholds"]))
            active = was[0] if active is None else active
            threshold = was[1] if threshold is Same.SAME else threshold
            types = was[2] if type_thresholds is None else dict(type_thresholds)
            _check(threshold, types)
            if _takes_away(was, (active, threshold, types)):
                a_person(actor)
            await _written(
                db,
                "UPDATE screening_lists SET name = $3, active = $4, threshold = $5,"
                " type_thresholds = $6 WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, list_id, _name(row["name"] if name is None else name)),
                *(active, threshold, json.dumps(types)),
            )
            if was != (active, threshold, types):
                await rescreen(db, actor.tenant_id, list_id, 0)
            details: dict[str, object] = {"active": active, "types": len(types)}
            details |= {} if threshold is None else {"threshold": threshold}
            await record(db, actor, Event.SCREENING_LIST_CHANGE, list_id, details)
        self._wake()

    async def listing(self, actor: Actor) -> list[ScreeningList]:
        """By name."""
        require(actor, P.SCREENING_LIST_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(f"{_LIST} ORDER BY l.name", actor.tenant_id)
        return [_list(r) for r in rows]

    async def get(self, actor: Actor, list_id: UUID) -> ScreeningList:
        require(actor, P.SCREENING_LIST_READ)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_LIST} AND l.id = $2", actor.tenant_id, list_id)
        if row is None:
            raise NotFound(ABSENT)
        return _list(row)

    async def versions(
        self, actor: Actor, list_id: UUID, *, before: int = MOST_NUMBER, limit: int = 100
    ) -> Sequence[Version]:
        """Versions with numbers below `before`, the newest first."""
        require(actor, P.SCREENING_LIST_READ)
        async with self._database.tenant_session(actor) as db:
            await list_row(db, actor.tenant_id, list_id)
            rows = await db.fetch(
                "SELECT * FROM screening_versions WHERE tenant_id = $1 AND list_id = $2"
                " AND number < $3 ORDER BY number DESC LIMIT $4",
                *(actor.tenant_id, list_id, before, limit),
            )
        return [version_of(r) for r in rows]

    async def version(self, actor: Actor, list_id: UUID, number: int) -> Version:
        found = []
        if 0 < number < MOST_NUMBER:
            found = list(await self.versions(actor, list_id, before=number + 1, limit=1))
        if not found or found[0].number != number:
            raise NotFound(ABSENT)
        return found[0]


_LIST: Final = """
SELECT l.id, l.name, l.kind, l.threshold, l.type_thresholds, l.current_version, l.active,
       l.created_at, coalesce(v.total, 0) AS entries
FROM screening_lists l LEFT JOIN screening_versions v
ON (v.tenant_id, v.list_id, v.number) = (l.tenant_id, l.id, l.current_version)
WHERE l.tenant_id = $1
"""


async def list_row(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, *, lock: bool = False
) -> asyncpg.Record:
    row = await db.fetchrow(
        "SELECT * FROM screening_lists WHERE tenant_id = $1 AND id = $2"
        + (" FOR UPDATE" if lock else ""),
        *(tenant, list_id),
    )
    if row is None:
        raise NotFound(ABSENT)
    return row


async def rescreen(db: asyncpg.Connection, tenant: UUID, list_id: UUID, after: int) -> None:
    """Have customers screened against what changed in the list after version `after`; 0: all of it."""
    await db.execute(
        "INSERT INTO screening_rescreens (tenant_id, list_id, after_version) VALUES ($1, $2, $3)",
        *(tenant, list_id, after),
    )


def a_person(actor: Actor) -> None:
    """For what lets customers pass that were stopped: `Forbidden` for a key."""
    require(actor, P.SCREENING_LIST_MANAGE)
    if actor.kind is not ActorKind.MEMBER:
        raise Forbidden("A key cannot decide this: a member signs in and does.")


_Use = tuple[bool, float | None, dict[str, float]]
"""Whether a list is in use, and its thresholds."""


def _takes_away(was: _Use, now: _Use) -> bool:
    if was[0] and not now[0]:
        return True
    return any(_least(now, type) > _least(was, type) for type in {"", *was[2], *now[2]})


def _least(use: _Use, type: str) -> float:
    default = THRESHOLD if use[1] is None else use[1]
    return use[2].get(type, default)


def version_of(row: asyncpg.Record) -> Version:
    values: dict[str, Any] = {k: row[k] for k in Version.model_fields}
    return Version(**{**values, "sha256": (row["sha256"] or b"").hex()})


def _list(row: asyncpg.Record) -> ScreeningList:
    return ScreeningList(**{**row, "type_thresholds": json.loads(row["type_thresholds"])})


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > 100 or not plain.isprintable():
        raise InvalidInput("The name of a list is 1 to 100 characters on one line.")
    return plain


def _check(threshold: float | None, types: Mapping[str, float]) -> None:
    for type in types:
        if not TYPE.fullmatch(type):
            raise InvalidInput("A type of customer is up to 40 of a-z, 0-9 and hyphen.")
    for value in (*types.values(), *(() if threshold is None else (threshold,))):
        if not 0 < value < 1:
            raise InvalidInput("A threshold lies between 0 and 1.")


async def _written(db: asyncpg.Connection, statement: str, *values: object) -> None:
    try:
        await db.execute(statement, *values)
    except asyncpg.UniqueViolationError as error:
        raise Conflict("There is a list of that name already.") from error
