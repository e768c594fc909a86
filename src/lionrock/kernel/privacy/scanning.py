"""What sources of personal data share: reading a table page by page, and the texts within a value."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Match

if TYPE_CHECKING:
    import asyncpg

_PAGE: Final = 200
_EXCERPT: Final = 400


async def rows_of(database: Database, actor: Actor, select: str) -> AsyncIterator[asyncpg.Record]:
    """All that `select` finds (it ends in a WHERE clause on the tenant, $1), in the order of `id`.

    A transaction a page, none while the caller works. Memory: a page.
    """
    last = UUID(int=0)
    while True:
        async with database.tenant_session(actor) as db:
            rows = await db.fetch(
                f"{select} AND id > $2 ORDER BY id LIMIT $3", actor.tenant_id, last, _PAGE
            )
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        last = rows[-1]["id"]


def leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text within a value as JSON has it, with where it stands: `request.parties.2.name`."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(f"{path}.{key}", one)
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value, 1):
            yield from leaves(f"{path}.{place}", one)


def texts(value: Any) -> list[str]:
    return [text for _, text in leaves("", value)]


def around(text: str, match: Match) -> str:
    """The words around a match, for who reviews it."""
    return text[max(match.start - _EXCERPT // 2, 0) :][:_EXCERPT]
