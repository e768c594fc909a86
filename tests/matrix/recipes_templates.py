"""Templates of drafts: the API, their pages, and the run that makes a draft."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from lionrock.assist.drafting.service import TemplateService
from lionrock.kernel.permissions import Permission as P
from tests.assist.drafting.samples import NOTE
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.surface import Slot
from tests.matrix.world import Institution

_RUN: Final = P.ASSIST_DRAFT_RUN
_MANAGE: Final = P.ASSIST_TEMPLATE_MANAGE
_NAMED: Final = ((Slot("path", ("name",)), "never-was"),)


def a_file(of: Institution) -> tuple[str, bytes]:
    """A template of its own name that holds the institution's canary."""
    text = NOTE.replace("note-en", f"note-{uuid4().hex}").replace("A note", f"A {of.canary}")
    return "note.txt", text.encode()


async def file(of: Institution) -> Sent:
    return Sent(file=a_file(of))


async def fresh(of: Institution) -> str:
    return (await of.house.of(TemplateService).add(of.actor, a_file(of)[1])).name


def of_template(**parts: Any) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"name": await fresh(of)}, **parts)

    return make


async def draft(of: Institution) -> Sent:
    return Sent(json={"template": "memo-en", "documents": [str(of.document)]})


RECIPES: Final[dict[str, Recipe]] = {
    "GET /desk/templates": Recipe(request(), _RUN),
    "GET /desk/templates/{name}": Recipe(of_template(), _RUN, more=_NAMED),
    "GET /v1/templates": Recipe(request(), _RUN),
    "GET /v1/templates/{name}": Recipe(of_template(), _RUN, more=_NAMED),
    "POST /desk/templates": Recipe(file, _MANAGE),
    "POST /desk/templates/{name}": Recipe(
        of_template(form={"f-date": "2026-11-23"}), _RUN, more=_NAMED
    ),
    "POST /desk/templates/{name}/retire": Recipe(of_template(form={}), _MANAGE, more=_NAMED),
    "POST /v1/draft": Recipe(draft, _RUN),
    "POST /v1/templates": Recipe(file, _MANAGE),
    "POST /v1/templates/{name}/retire": Recipe(of_template(), _MANAGE, more=_NAMED),
}
