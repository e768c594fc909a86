"""The tenant's glossary as term bases, one a direction, kept in memory while it does not change."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final
from uuid import UUID

from lionrock.assist.translate.termbase import Termbase
from lionrock.documents.language import Language
from lionrock.kernel.actors import Actor
from lionrock.search.glossary.service import GlossaryService

_KEPT: Final = 64
_Way = tuple[UUID, Language, Language]


class Termbases:
    """Who may translate is held to the glossary's terms, without leave to read it."""

    def __init__(self, glossary: GlossaryService) -> None:
        self._glossary = glossary
        self._kept: OrderedDict[_Way, tuple[int, Termbase]] = OrderedDict()

    async def of(self, actor: Actor, language: Language, into: Language) -> Termbase:
        way = (actor.tenant_id, language, into)
        version, kept = await self._glossary.version(actor), self._kept.get(way)
        if kept is None or kept[0] != version:
            kept = version, Termbase(await self._glossary.known(actor), language, into)
            self._kept[way] = kept
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(way)
        return kept[1]
