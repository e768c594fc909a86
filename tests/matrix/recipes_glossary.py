"""The glossary: the API and its pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.scopes import document as document_scope
from lionrock.search.glossary.schemas import NewEntry
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.surface import Slot
from tests.matrix.world import Institution

_READ: Final = P.SEARCH_GLOSSARY_READ
_MANAGE: Final = P.SEARCH_GLOSSARY_MANAGE


def words() -> dict[str, list[str]]:
    return {"en": [f"term {uuid4().hex[:8]}"], "zh-Hant": ["詞語"]}


async def fresh_entry(of: Institution) -> str:
    made = await of.house.search.glossary.add(of.actor, NewEntry.model_validate({"terms": words()}))
    return str(made.id)


async def fresh_candidate(of: Institution) -> str:
    id: UUID = uuid4()
    key = of.house.vault.key(of.actor.tenant_id, document_scope(of.document))
    sealed = [
        key.seal_text("glossary_candidates", id, f"{n}_term", "詞") for n in ("first", "second")
    ]
    async with of.house.database.tenant_session(of.actor) as db:
        await db.execute(
            "INSERT INTO glossary_candidates (tenant_id, id, first_document, second_document,"
            " first_term, second_term, score, places) VALUES ($1, $2, $3, $3, $4, $5, 1, 3)",
            *(of.actor.tenant_id, id, of.document, *sealed),
        )
    return str(id)


def of_entry(**parts: object) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"entry_id": await fresh_entry(of)}, **parts)  # type: ignore[arg-type]

    return make


async def new_entry(_: Institution) -> Sent:
    return Sent(json={"terms": words()})


async def changed_entry(of: Institution) -> Sent:
    return Sent({"entry_id": await fresh_entry(of)}, json={"terms": words()})


async def typed_entry(_: Institution) -> Sent:
    return Sent(form={"en": f"term {uuid4().hex[:8]}", "zh-Hant": "詞語"})


async def decided(of: Institution) -> Sent:
    return Sent(json={"candidates": [await fresh_candidate(of)], "accept": False})


async def ticked(of: Institution) -> Sent:
    return Sent(form={"candidate": await fresh_candidate(of), "step": "refuse"})


async def read_document(of: Institution, text: str) -> str:
    """A document as if a worker had read it: one passage."""
    document, passage = await of.fresh_document(), uuid4()
    key = of.house.vault.key(of.actor.tenant_id, document_scope(document))
    sealed = [
        key.seal_text("passages", passage, n, t)
        for n, t in (("number", ""), ("heading", ""), ("text", text))
    ]
    async with of.house.database.tenant_session(of.actor) as db:
        version = await db.fetchrow(
            "UPDATE versions SET state = 'indexed' WHERE tenant_id = $1 AND document_id = $2"
            " RETURNING id, collection_id",
            *(of.actor.tenant_id, document),
        )
        await db.execute(
            "INSERT INTO passages (tenant_id, id, version_id, collection_id, ordinal, kind, number,"
            " heading, language, text, slices) VALUES ($1, $2, $3, $4, 0, 'paragraph', $5, $6, 'en', $7,"
            " '{1,0,1}')",
            *(of.actor.tenant_id, passage, version["id"], version["collection_id"], *sealed),
        )
    return str(document)


async def mined(of: Institution) -> Sent:
    first = await read_document(of, "Records are kept for six years.")
    return Sent(json={"first": first, "second": await read_document(of, "紀錄須保存六年。")})


async def mined_form(of: Institution) -> Sent:
    return Sent(form=(await mined(of)).json)


async def file(_: Institution) -> Sent:
    return Sent(file=("terms.csv", f"en,zh-Hant\n{uuid4().hex},詞語\n".encode()))


async def imported(of: Institution) -> Sent:
    return replace(await file(of), form={"step": "import"})


_LOOKS: Final = "it shows what a file holds, and keeps nothing"
_CANDIDATE: Final = ((Slot("body", ("candidate",)), "00000000-0000-4000-8000-000000000000"),)

RECIPES: Final[dict[str, Recipe]] = {
    "DELETE /v1/glossary/{entry_id}": Recipe(of_entry(), _MANAGE),
    "GET /admin/glossary": Recipe(request(), _READ),
    "GET /admin/glossary/candidates": Recipe(request(), _MANAGE),
    "GET /admin/glossary/entry/{entry_id}": Recipe(of_entry(), _MANAGE),
    "GET /admin/glossary/file": Recipe(request(), _READ),
    "GET /admin/glossary/import": Recipe(request(), _MANAGE),
    "GET /v1/glossary": Recipe(request(), _READ),
    "GET /v1/glossary/candidates": Recipe(request(), _MANAGE),
    "GET /v1/glossary/file": Recipe(request(), _READ),
    "POST /admin/glossary": Recipe(typed_entry, _MANAGE),
    "POST /admin/glossary/candidates": Recipe(ticked, _MANAGE, more=_CANDIDATE),
    "POST /admin/glossary/entry/{entry_id}": Recipe(
        of_entry(form={"en": "one | two", "note": "n"}), _MANAGE
    ),
    "POST /admin/glossary/entry/{entry_id}/remove": Recipe(of_entry(), _MANAGE),
    "POST /admin/glossary/import": Recipe(imported, _MANAGE),
    "POST /admin/glossary/mine": Recipe(mined_form, _MANAGE),
    "POST /v1/glossary": Recipe(new_entry, _MANAGE),
    "POST /v1/glossary/candidates": Recipe(mined, _MANAGE),
    "POST /v1/glossary/candidates/decide": Recipe(decided, _MANAGE),
    "POST /v1/glossary/file": Recipe(file, _MANAGE),
    "POST /v1/glossary/preview": Recipe(file, _MANAGE, quiet=_LOOKS),
    "PUT /v1/glossary/{entry_id}": Recipe(changed_entry, _MANAGE),
}
