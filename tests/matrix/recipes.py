"""How to make a request of each route that its tenant's administrator may make.

A new route needs an entry here; the matrix fails until it has one. `make` gets an institution and
returns a request that succeeds for its administrator: with every id of the route filled in, made
fresh where the request uses a thing up.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from lionrock.kernel.permissions import Permission as P
from tests.matrix import (
    recipes_access,
    recipes_account,
    recipes_administration,
    recipes_alerts,
    recipes_audit,
    recipes_engines,
    recipes_extraction,
    recipes_gateway,
    recipes_glossary,
    recipes_mcp,
    recipes_privacy,
    recipes_requests,
    recipes_screening,
    recipes_screening_customers,
    recipes_screening_documents,
    recipes_screening_pages,
    recipes_search,
    recipes_sentiment,
    recipes_summaries,
    recipes_templates,
    recipes_translate,
    recipes_tuning,
    recipes_yente,
)
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe, request
from tests.matrix.surface import Slot
from tests.matrix.world import QUESTION, Institution


async def document(of: Institution) -> Sent:
    return Sent(path={"document_id": str(of.document)})


async def fresh_document(of: Institution) -> Sent:
    return Sent(path={"document_id": str(await of.fresh_document())})


async def versions(of: Institution) -> list[str]:
    """The two versions of the institution's document: the one in force, and one to come."""
    async with of.house.database.tenant_session(of.actor) as db:
        of_it = (of.tenant, of.document)
        await db.execute(
            "INSERT INTO versions (tenant_id, id, document_id, collection_id, sha256, bytes, state,"
            " effective_from) SELECT tenant_id, $2, $2, collection_id, sha256(sha256), bytes,"
            " 'ready', '2999-01-01' FROM versions WHERE tenant_id = $1 AND document_id = $2"
            " AND id <> $2 ON CONFLICT DO NOTHING",
            *of_it,
        )
        rows = await db.fetch(
            "SELECT id FROM versions WHERE tenant_id = $1 AND document_id = $2 ORDER BY effective_from",
            *of_it,
        )
    return [str(row["id"]) for row in rows]


async def two_versions(of: Institution) -> Sent:
    older, newer = await versions(of)
    return Sent({"document_id": str(of.document)}, {"older": older, "newer": newer})


async def new_version(of: Institution) -> Sent:
    document = {"document_id": str(await of.fresh_document())}
    return Sent(document, file=("note.md", f"# Note\n\n{of.canary} {uuid4().hex}".encode()))


async def page(of: Institution) -> Sent:
    version = (await versions(of))[0]
    return Sent({"document_id": str(of.document), "number": "1"}, {"version": version})


async def document_version(of: Institution) -> Sent:
    return Sent({"document_id": str(of.document)}, {"version": (await versions(of))[0]})


async def cited_page(of: Institution) -> Sent:
    version = (await versions(of))[0]
    path = {"document_id": str(of.document), "number": "1"}
    query = {"run": str(of.run), "cite": of.citation, "version": version}
    return Sent(path, query | {"passage": await first_passage(of), "w": of.canary})


async def first_passage(of: Institution) -> str:
    async with of.house.database.tenant_session(of.actor) as db:
        return str(
            await db.fetchval(
                "SELECT p.id FROM passages p JOIN versions v"
                " ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)"
                " WHERE p.tenant_id = $1 AND v.document_id = $2 ORDER BY p.ordinal LIMIT 1",
                *(of.tenant, of.document),
            )
        )


async def run(of: Institution) -> Sent:
    return Sent(path={"run_id": str(of.run)})


async def saved_run(of: Institution) -> Sent:
    return Sent(path={"run_id": str(of.run)}, query={"format": "md"})


async def endless_run(of: Institution) -> Sent:
    return Sent(path={"run_id": str(await of.endless_run())})


async def fresh_run(of: Institution) -> Sent:
    return Sent(path={"run_id": str((await of.ended_run())[0])})


async def followed(of: Institution) -> Sent:
    return Sent(query={"follow": f"{of.document}/queued/0/0"})


async def new_file(of: Institution) -> Sent:
    return Sent(file=("note.md", f"# Note\n\n{of.canary} {uuid4().hex}".encode()))


async def link(of: Institution) -> Sent:
    return Sent(form={"token": await of.link()})


_NOBODYS = "00000000-0000-4000-8000-000000000000"
_ASK: Final = {"question": QUESTION}
_OWN_SESSION = "it is about the caller's own session alone"

RECIPES: Final[dict[str, Recipe]] = {
    **recipes_access.RECIPES,
    **recipes_account.RECIPES,
    **recipes_administration.RECIPES,
    **recipes_alerts.RECIPES,
    **recipes_audit.RECIPES,
    **recipes_engines.RECIPES,
    **recipes_extraction.RECIPES,
    **recipes_gateway.RECIPES,
    **recipes_glossary.RECIPES,
    **recipes_mcp.RECIPES,
    **recipes_privacy.RECIPES,
    **recipes_requests.RECIPES,
    **recipes_screening.RECIPES,
    **recipes_screening_customers.RECIPES,
    **recipes_screening_documents.RECIPES,
    **recipes_screening_pages.RECIPES,
    **recipes_search.RECIPES,
    **recipes_sentiment.RECIPES,
    **recipes_summaries.RECIPES,
    **recipes_translate.RECIPES,
    **recipes_templates.RECIPES,
    **recipes_tuning.RECIPES,
    **recipes_yente.RECIPES,
    "DELETE /v1/documents/{document_id}": Recipe(fresh_document, P.DOCUMENTS_DOCUMENT_REMOVE),
    "GET /": Recipe(request(), by_role="it opens what the reader may, or leads to where they may"),
    "GET /c/{name}": Recipe(request(path={"name": "ask"}), P.DOCUMENTS_DOCUMENT_READ),
    "GET /desk": Recipe(request(), by_role="it lists the tasks that the reader may do"),
    "GET /desk/documents": Recipe(
        request(query={"field": "documents"}), P.DOCUMENTS_DOCUMENT_READ
    ),
    "GET /documents": Recipe(request(), P.DOCUMENTS_DOCUMENT_READ),
    "GET /documents/changes": Recipe(
        followed, P.DOCUMENTS_DOCUMENT_READ, missing=200,
        more=((Slot("query", ("follow",)), f"{_NOBODYS}/queued/0/0"),),
    ),
    "GET /documents/{document_id}": Recipe(
        document, everyone="it leads to the first page, and asks nothing of the database",
        missing=303,
    ),
    "GET /documents/{document_id}/pages/{number}": Recipe(
        cited_page, P.DOCUMENTS_DOCUMENT_READ,
        more=((Slot("query", ("cite",)), "0" * 12),),
    ),
    "GET /documents/{document_id}/compare": Recipe(two_versions, P.DOCUMENTS_DOCUMENT_READ),
    "GET /documents/{document_id}/versions": Recipe(document, P.DOCUMENTS_DOCUMENT_READ),
    "GET /metrics": Recipe(
        request(), open="it takes the installation's own token, which is no member's", answers=401
    ),
    "GET /runs": Recipe(request(), P.KERNEL_RUN_READ),
    "GET /runs/{run_id}": Recipe(run, everyone="a run is its maker's alone", own=True),
    "GET /runs/{run_id}/stream": Recipe(
        fresh_run, everyone="a run is its maker's alone", own=True
    ),
    "GET /runs/{run_id}/export": Recipe(
        saved_run, everyone="a run is its maker's alone", own=True
    ),
    "GET /sign-in": Recipe(request(), open="one signs in here"),
    "GET /v1/documents": Recipe(request(), P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/documents/{document_id}": Recipe(document, P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/documents/{document_id}/comparison": Recipe(two_versions, P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/documents/{document_id}/versions": Recipe(document, P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/documents/{document_id}/tables": Recipe(document_version, P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/documents/{document_id}/tables/export": Recipe(
        document_version, P.DOCUMENTS_DOCUMENT_READ
    ),
    "GET /v1/documents/{document_id}/members": Recipe(document, P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/documents/{document_id}/pages/{number}": Recipe(page, P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/documents/{document_id}/pages/{number}/image": Recipe(
        page, P.DOCUMENTS_DOCUMENT_READ
    ),
    "GET /v1/health": Recipe(request(), open="a monitor asks whether the server is alive"),
    "GET /v1/openapi.json": Recipe(request(), everyone="it tells what doors there are, not what is behind",
        any_key="a program reads it to know what it may send",
    ),
    "GET /v1/runs/{run_id}": Recipe(run, everyone="a run is its maker's alone", own=True),
    "GET /v1/runs/{run_id}/export": Recipe(
        saved_run, everyone="a run is its maker's alone", own=True
    ),
    "GET /v1/status": Recipe(request(), everyone="it tells who the caller is",
        any_key="so does a key learn what it is",
    ),
    "POST /c/{name}": Recipe(request(path={"name": "ask"}, form=_ASK), P.ASSIST_ASK_RUN),
    "POST /documents": Recipe(new_file, P.DOCUMENTS_DOCUMENT_ADD),
    "POST /documents/{document_id}/versions": Recipe(new_version, P.DOCUMENTS_DOCUMENT_ADD),
    "POST /documents/{document_id}/remove": Recipe(fresh_document, P.DOCUMENTS_DOCUMENT_REMOVE),
    "POST /language": Recipe(
        request(form={"language": "en"}), open="a visitor may choose the language to sign in in",
        quiet="it sets a cookie of the reader's and nothing here",
    ),
    "POST /runs/{run_id}/stop": Recipe(
        endless_run, everyone="a run is its maker's alone", own=True, missing=204
    ),
    "POST /sign-in": Recipe(link, open="the token is the credential"),
    "POST /sign-out": Recipe(request(form={}), everyone=_OWN_SESSION),
    "POST /v1/ask": Recipe(request(json=_ASK), P.ASSIST_ASK_RUN),
    "POST /v1/documents/{document_id}/versions": Recipe(new_version, P.DOCUMENTS_DOCUMENT_ADD),
    "POST /v1/documents": Recipe(new_file, P.DOCUMENTS_DOCUMENT_ADD),
    "POST /v1/runs/{run_id}/stop": Recipe(
        endless_run, everyone="a run is its maker's alone", own=True
    ),
    "POST /v1/sign-in-links": Recipe(request(json={}), everyone=_OWN_SESSION),
}  # fmt: skip

OTHERS: Final = {
    "/static/*": "the style, script and pictures of the pages: the same for everyone, files of this package",
}
"""What answers without being in the OpenAPI document or a page, and why it needs no row above."""
