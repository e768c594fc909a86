"""Translation: its run, kept translations, which are their member's alone, and the memory."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from lionrock.assist.translate.kept import About, Translations
from lionrock.assist.translate.memory.service import Memory
from lionrock.assist.translate.schemas import Origin, Segment
from lionrock.errors import NotFound
from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.world import Institution

_RUN: Final = P.ASSIST_TRANSLATE_RUN
_MANAGE: Final = P.ASSIST_MEMORY_MANAGE


async def kept(of: Institution) -> dict[str, str]:
    """A segment of a translation that the institution's run made."""
    translations = of.house.of(Translations)
    try:
        await translations.segments(of.actor, of.run)
    except NotFound:
        one = Segment(
            number=1, key="0", kind="paragraph", source=f"Keep {of.canary}.",
            target=f"備存{of.canary}。", origin=Origin.MODEL,
        )  # fmt: skip
        about = About(title=of.canary)
        await translations.begin(of.actor, of.run, about, "en", "zh-Hant", None, [one])
    return {"translation_id": str(of.run), "number": "1"}


def of_segment(**parts: Any) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent(await kept(of), **parts)

    return make


async def whole(of: Institution) -> Sent:
    return Sent({"translation_id": (await kept(of))["translation_id"]})


def tmx_file(source: str) -> tuple[str, bytes]:
    sides = (("en", source), ("zh-Hant", "備存"))
    said = "".join(f'<tuv xml:lang="{tag}"><seg>{words}</seg></tuv>' for tag, words in sides)
    return "memory.tmx", f'<tmx version="1.4"><body><tu>{said}</tu></body></tmx>'.encode()


async def file(_: Institution) -> Sent:
    return Sent(file=tmx_file(uuid4().hex))


def of_unit(**parts: Any) -> Make:
    async def make(of: Institution) -> Sent:
        memory, words = of.house.of(Memory), uuid4().hex
        await memory.take_in(of.actor, tmx_file(words)[1])
        [unit] = (await memory.units(of.actor, containing=words)).units
        return Sent({"unit_id": str(unit.id)}, **parts)

    return make


async def asked(of: Institution) -> Sent:
    return Sent(json={"document": str(of.document), "into": "zh-Hant"})


_STREAMS: Final = "a run streams its own id and what came of it"

RECIPES: Final[dict[str, Recipe]] = {
    "DELETE /v1/memory/{unit_id}": Recipe(of_unit(), _MANAGE),
    "GET /admin/memory": Recipe(request(), _MANAGE),
    "GET /admin/memory/file": Recipe(request(), _MANAGE),
    "GET /translations/{translation_id}": Recipe(whole, _RUN, own=True),
    "GET /v1/memory": Recipe(request(), _MANAGE),
    "GET /v1/memory/file": Recipe(request(), _MANAGE),
    "GET /v1/translations/{translation_id}/segments": Recipe(whole, _RUN, own=True),
    "POST /admin/memory": Recipe(file, _MANAGE),
    "POST /admin/memory/{unit_id}/remove": Recipe(of_unit(form={}), _MANAGE),
    "POST /translations/{translation_id}/segments/{number}": Recipe(
        of_segment(form={"target": "備存。", "step": "save"}), _RUN, own=True
    ),
    "POST /v1/memory/file": Recipe(file, _MANAGE),
    "POST /v1/translate": Recipe(asked, _RUN, missing=200, varies=_STREAMS),
    "POST /v1/translations/{translation_id}/segments/{number}/accept": Recipe(
        of_segment(json={"target": "備存。"}), _RUN, own=True
    ),
    "PUT /v1/translations/{translation_id}/segments/{number}": Recipe(
        of_segment(json={"target": "備存。"}), _RUN, own=True
    ),
}
