"""Search, files of results, and saved searches: these are their member's alone."""

from __future__ import annotations

from typing import Final

from lionrock.kernel.permissions import Permission as P
from lionrock.search.saved.schemas import NewSearch
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe
from tests.matrix.world import QUESTION, Institution

_FILE: Final = "a file says when it was made, and has an id"


async def narrowed(of: Institution) -> Sent:
    async with of.house.database.tenant_session(of.actor) as db:
        collection = await db.fetchval(
            "SELECT collection_id FROM documents WHERE tenant_id = $1 AND id = $2",
            *(of.tenant, of.document),
        )
    return Sent(
        query={"q": QUESTION, "collection": [str(collection)], "document": [str(of.document)]}
    )


async def saved(of: Institution) -> Sent:
    made = await of.house.saved.save(of.actor, NewSearch(name="Records", question=QUESTION))
    return Sent(path={"search_id": str(made.id)}, json={})


async def saved_form(of: Institution) -> Sent:
    made = await of.house.saved.save(of.actor, NewSearch(name="Records", question=QUESTION))
    return Sent(path={"search_id": str(made.id)}, form={})


async def wanted(of: Institution) -> Sent:
    asked = (await narrowed(of)).query
    filters = {"collections": asked["collection"], "documents": asked["document"]}
    return Sent(json={"name": "Records", "question": QUESTION, "filters": filters})


async def wanted_form(of: Institution) -> Sent:
    asked = (await narrowed(of)).query
    return Sent(form={"name": "Records", **asked})


async def nothing(of: Institution) -> Sent:
    return Sent()


RECIPES: Final[dict[str, Recipe]] = {
    "DELETE /v1/search/saved/{search_id}": Recipe(saved, P.SEARCH_SAVED_MANAGE, own=True),
    "GET /search": Recipe(narrowed, P.SEARCH_PASSAGE_READ, missing=200),
    "GET /search/export": Recipe(narrowed, P.SEARCH_RESULT_EXPORT, missing=200, varies=_FILE),
    "GET /search/new": Recipe(nothing, P.SEARCH_SAVED_MANAGE),
    "GET /search/saved": Recipe(nothing, P.SEARCH_SAVED_MANAGE),
    "GET /search/saved/{search_id}": Recipe(saved, P.SEARCH_SAVED_MANAGE, own=True),
    "GET /v1/search": Recipe(narrowed, P.SEARCH_PASSAGE_READ, missing=200),
    "GET /v1/search/export": Recipe(narrowed, P.SEARCH_RESULT_EXPORT, missing=200, varies=_FILE),
    "GET /v1/search/saved": Recipe(nothing, P.SEARCH_SAVED_MANAGE),
    "GET /v1/search/saved/{search_id}": Recipe(saved, P.SEARCH_SAVED_MANAGE, own=True),
    "GET /v1/search/saved/{search_id}/new": Recipe(saved, P.SEARCH_SAVED_MANAGE, own=True),
    "POST /search/saved": Recipe(wanted_form, P.SEARCH_SAVED_MANAGE, missing=303),
    "POST /search/saved/{search_id}/remove": Recipe(saved_form, P.SEARCH_SAVED_MANAGE, own=True),
    "POST /search/saved/{search_id}/seen": Recipe(saved_form, P.SEARCH_SAVED_MANAGE, own=True),
    "POST /v1/search/saved": Recipe(
        wanted, P.SEARCH_SAVED_MANAGE, missing=201, varies="each that is saved has an id and a time"
    ),
    "POST /v1/search/saved/{search_id}/seen": Recipe(saved, P.SEARCH_SAVED_MANAGE, own=True),
}
