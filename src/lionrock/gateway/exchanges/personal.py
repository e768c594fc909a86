"""Exchanges as personal data: what was asked and answered about a person, and by a member.

An exchange has no key of its own (they share their month's): erased, its row goes and a tombstone stays,
by which a database put back from a backup has it removed again at the next start.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.errors import Erased
from lionrock.gateway.exchanges.records import FACTS, TABLE, Exchange, opened
from lionrock.gateway.fields.reading import parse
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.scanning import around, leaves
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

KIND: Final = "exchange"
_PAGE: Final = 10
"""Rows at a time: each may be some megabytes once it is opened."""
_SELECT: Final = f"SELECT {FACTS}, key_period, request, answer FROM {TABLE} WHERE tenant_id = $1"
_PICTURE: Final = re.compile(r'data:[a-z]+/[a-z0-9.+-]+;base64,[^"]*', re.IGNORECASE)
"""Its bytes say nothing to who looks for words."""


class ExchangeData:
    """A `PersonalDataSource` and an `Eraser`."""

    name = KIND
    kind = KIND

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Exchanges whose words name the person, and all that the person had as a member."""
        last = UUID(int=0)
        while True:
            async with self._database.tenant_session(actor) as db:
                rows = await db.fetch(
                    f"{_SELECT} AND id > $2 ORDER BY id LIMIT {_PAGE}", actor.tenant_id, last
                )
            for row in rows:
                last = row["id"]
                found = await asyncio.to_thread(self._look, actor.tenant_id, row, person, matcher)
                if found is not None:
                    yield found
            if len(rows) < _PAGE:
                return

    def _look(
        self, tenant: UUID, row: asyncpg.Record, person: Person, matcher: Matcher
    ) -> Found | None:
        try:
            exchange = opened(self._vault, tenant, row)
        except Erased:
            return None
        for _, text in _texts(exchange):
            matches = matcher.matches(text)
            if matches:
                return Found(exchange.id, matches[0].form, excerpt=around(text, matches[0]))
        if person.member is not None and exchange.member_id == person.member:
            return Found(exchange.id, "own exchange", excerpt=exchange.model)
        return None

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """The texts that name the person, or all of one that is wanted whole, line by line; a picture
        that was sent is named, and not given."""
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_SELECT} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        exchange, redactor = opened(self._vault, actor.tenant_id, row), wanted[0].redactor
        whole = any(w.whole for w in wanted)
        lines = [
            f"{path}: {redactor.redacted(text)}"
            for path, text in _texts(exchange)
            if whole or redactor.own(text)
        ]
        text = "\n".join(lines) + "\n"
        about = {"what": exchange.model, "when": exchange.began_at.isoformat()}
        return [Part(f"exchange-{target.hex}.txt", "text/plain", text.encode(), text, about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(
            f"SELECT model, endpoint, began_at FROM {TABLE} WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, target),
        )
        if row is None:
            return None
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "model": row["model"], "endpoint": row["endpoint"],
            "at": row["began_at"].isoformat(),
        }  # fmt: skip
        return Described(facts, (target,), (Scope(KIND, target.hex),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_exchange(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """An exchange stands in its row alone."""


async def erase_exchange(db: asyncpg.Connection, tenant: UUID, exchange: UUID) -> None:
    """Remove what was said; the row of usage, with tokens and cost, stays."""
    await db.execute(f"DELETE FROM {TABLE} WHERE tenant_id = $1 AND id = $2", tenant, exchange)


def _texts(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Every text of the request and the answer, with where it stands."""
    for path, text in leaves("request", _read(exchange.request)):
        yield path, _PICTURE.sub("[picture]", text)
    yield from leaves("answer", exchange.answer)


def _read(request: str) -> Any:
    """As its JSON says; one that was cut is a text."""
    try:
        return parse(request)
    except ValueError:
        return request
