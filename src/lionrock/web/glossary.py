"""The glossary: entries in a table that is typed in, files in and out, mined pairs to decide on."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from lionrock.doors import content, house
from lionrock.errors import InvalidInput
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.search.glossary.schemas import LANGUAGES, Decision, Entry, Mining, NewEntry
from lionrock.search.glossary.service import MOST_BYTES, TOO_LARGE
from lionrock.web.administration import Slice, done, given_id
from lionrock.web.auth import Reader
from lionrock.web.i18n import Translator
from lionrock.web.rendering import page, translator
from lionrock.web.uploads import chosen_file

PATH: Final = "/admin/glossary"
_ON_A_PAGE: Final = 50
_SHOWN_CANDIDATES: Final = 100
_TYPES: Final = {"tbx": "application/x-tbx", "csv": "text/csv; charset=utf-8"}

routes = APIRouter()


@routes.get(PATH)
async def listing(
    request: Request,
    actor: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    found = await house(request).search.glossary.entries(
        actor, containing=q, start=start, limit=_ON_A_PAGE
    )
    return page(
        request, "glossary/list.html", entries=found.entries, q=q, languages_of=LANGUAGES,
        shown=Slice(found.entries, start, found.total),
    )  # fmt: skip


@routes.post(PATH)
async def add(request: Request, actor: Reader) -> Response:
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    async with request.form() as form:
        wanted = _entry(form, translator(request))
    await house(request).search.glossary.add(actor, wanted)
    return done(request, PATH)


@routes.get(f"{PATH}/file")
async def export(
    request: Request, actor: Reader, format: Literal["tbx", "csv"] = "tbx"
) -> Response:
    parts = await house(request).search.glossary.export(actor, format)
    headers = {"Content-Disposition": f'attachment; filename="glossary.{format}"'}
    return StreamingResponse(parts, media_type=_TYPES[format], headers=headers)


@routes.get(f"{PATH}/import")
async def import_form(request: Request, actor: Reader) -> Response:
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    return page(request, "glossary/import.html", preview=None, imported=None)


@routes.post(f"{PATH}/import")
async def take_in(request: Request, actor: Reader) -> Response:
    """Shows what a file holds; with `step` "import" it is taken in, without its bad rows."""
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    async with request.form(max_files=1) as form:
        (file, _), step = chosen_file(request, form), str(form.get("step") or "")
        data = await content(file, MOST_BYTES, TOO_LARGE)
    glossary, preview, imported = house(request).search.glossary, None, None
    if step == "import":
        imported = await glossary.take_in(actor, data, skip_bad=True)
    else:
        preview = await glossary.preview(actor, data)
    return page(request, "glossary/import.html", preview=preview, imported=imported)


@routes.get(f"{PATH}/candidates")
async def candidates(request: Request, actor: Reader) -> Response:
    found = house(request)
    waiting = await found.search.candidates.waiting(actor, limit=_SHOWN_CANDIDATES)
    documents = await found.documents.list(actor)
    return page(
        request, "glossary/candidates.html", candidates=waiting.candidates, documents=documents,
        named={d.id: d.name for d in documents},
    )  # fmt: skip


@routes.post(f"{PATH}/candidates")
async def decide(request: Request, actor: Reader) -> Response:
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    async with request.form() as form:
        chosen = [id for v in form.getlist("candidate") if (id := given_id(str(v)))]
        accept = form.get("step") == "accept"
    if not chosen:
        raise InvalidInput(translator(request).gettext("Choose a pair first."))
    decision = Decision(candidates=chosen[:500], accept=accept)
    await house(request).search.candidates.decide(actor, decision)
    return done(request, f"{PATH}/candidates")


@routes.post(f"{PATH}/mine")
async def mine(request: Request, actor: Reader) -> Response:
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    async with request.form() as form:
        first, second = (given_id(str(form.get(name) or "")) for name in ("first", "second"))
    if first is None or second is None:
        raise InvalidInput(translator(request).gettext("Choose two documents."))
    await house(request).search.candidates.mine(actor, Mining(first=first, second=second))
    return done(request, f"{PATH}/candidates")


@routes.get(f"{PATH}/entry/{{entry_id}}")
async def entry(request: Request, actor: Reader, entry_id: UUID) -> Response:
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    one: Entry = await house(request).search.glossary.get(actor, entry_id)
    return page(request, "glossary/entry.html", one=one, languages_of=LANGUAGES)


@routes.post(f"{PATH}/entry/{{entry_id}}")
async def change(request: Request, actor: Reader, entry_id: UUID) -> Response:
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    async with request.form() as form:
        wanted = _entry(form, translator(request))
    await house(request).search.glossary.change(actor, entry_id, wanted)
    return done(request, PATH)


@routes.post(f"{PATH}/entry/{{entry_id}}/remove")
async def remove(request: Request, actor: Reader, entry_id: UUID) -> Response:
    await house(request).search.glossary.remove(actor, entry_id)
    return done(request, PATH)


def _entry(form: FormData, speak: Translator) -> NewEntry:
    terms = {
        language: [
            part.strip() for part in str(form.get(language) or "").split("|") if part.strip()
        ]
        for language in LANGUAGES
    }
    values = {name: str(form.get(name) or "").strip() for name in ("note", "source")}
    try:
        return NewEntry.model_validate({"terms": terms, **values})
    except ValidationError as error:
        if sum(map(len, terms.values())) < 2:
            told = speak.gettext("An entry needs two terms: in two languages, or a variant.")
            raise InvalidInput(told) from error
        raise InvalidInput(
            speak.gettext("A term is too long, or holds a control character.")
        ) from error
