"""Looking for a customer by name, some at a time: their names are sealed, so they are opened to be read.

There is no index to search: the one that continuous screening builds is of another moment, and is
not there until a list has changed. What is looked through is told, so that one may look further.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from lionrock.documents.language import to_simplified
from lionrock.kernel.actors import Actor
from lionrock.screening.entities import Entity
from lionrock.screening.registry.customers import Customer, Customers
from lionrock.screening.registry.entries import FIRST

MOST: Final = 1000
"""Customers that one search opens."""
_CHUNK: Final = 100
"""Opened at a time, so that others are served in between."""


@dataclass(frozen=True, slots=True)
class Found:
    """`looked`: how many were looked through; `next`: where to look further, None at the end."""

    customers: list[Customer]
    looked: int
    next: UUID | None


async def named(
    customers: Customers, actor: Actor, words: str, *, after: UUID = FIRST, most: int = MOST
) -> Found:
    """Of the next `most` customers those who have all `words` in one name: case, order and the form
    of Chinese characters do not matter. Cost: opening `most` customers."""
    wanted, found, looked, last = _folded(words).split(), list[Customer](), 0, after
    while looked < most:
        limit = min(_CHUNK, most - looked)
        page = await customers.page(actor, after=last, limit=limit)
        found += await asyncio.to_thread(_those, page, wanted)
        looked += len(page)
        if len(page) < limit:
            return Found(found, looked, None)
        last = page[-1].id
    return Found(found, looked, last)


def _those(page: list[Customer], wanted: list[str]) -> list[Customer]:
    return [c for c in page if wanted and _has(c.entity, wanted)]


def _has(entity: Entity, wanted: list[str]) -> bool:
    names = [_folded(name.text) for name in entity.names]
    return any(all(word in name for word in wanted) for name in names)


def _folded(text: str) -> str:
    return to_simplified(text.replace(",", " ")).casefold()
