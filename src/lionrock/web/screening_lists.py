"""Lists: what is in use, each list's versions, what a version changed, and one entry as it is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from lionrock.doors import house
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import Entity
from lionrock.screening.registry.differences import Difference
from lionrock.screening.registry.entries import FIRST
from lionrock.screening.registry.lists import ScreeningList, Version
from lionrock.screening.registry.registry import Registry
from lionrock.web.administration import ask, done
from lionrock.web.auth import Reader
from lionrock.web.i18n import Translator
from lionrock.web.rendering import page, translator
from lionrock.web.screening_facts import FIELDS, rows_of
from lionrock.web.screening_people import known_names
from lionrock.web.sections import SCREENING

PATH: Final = f"{SCREENING}/lists"
ON_A_PAGE: Final = 50
MOST_VERSIONS: Final = 100

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list, its version in use, and the one that is read or waits."""

    list: ScreeningList
    current: Version | None
    coming: Version | None


@dataclass(frozen=True, slots=True)
class Change:
    """A difference, field by field: (name, before, after), each a list of lines."""

    kind: str
    entity: Entity
    entry_id: UUID
    fields: list[tuple[str, list[str], list[str]]]


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    registry = registry_of(request)
    shelves = []
    for one in await registry.lists.listing(actor):
        shelves.append(shelf_of(one, await _versions(registry, actor, one)))
    return page(
        request, "screening/lists.html", shelves=shelves, threshold=registry.screener.engine.threshold
    )  # fmt: skip


@routes.get(f"{PATH}/{{list_id}}")
async def one(request: Request, actor: Reader, list_id: UUID) -> Response:
    registry = registry_of(request)
    found = await registry.lists.get(actor, list_id)
    versions = await _versions(registry, actor, found, MOST_VERSIONS)
    return page(
        request, "screening/list.html", list=found, versions=versions, names=await known_names(request, actor),
        shelf=shelf_of(found, versions), threshold=registry.screener.engine.threshold,
    )  # fmt: skip


@routes.get(f"{PATH}/{{list_id}}/versions/{{number}}")
async def version(
    request: Request,
    actor: Reader,
    list_id: UUID,
    number: int,
    after: Annotated[UUID, Query()] = FIRST,
) -> Response:
    """What a version changed; of one that waits, what it would change."""
    registry = registry_of(request)
    listed = await registry.lists.get(actor, list_id)
    found = await registry.lists.version(actor, list_id, number)
    speak = translator(request)
    differences = await registry.differences.page(
        actor, list_id, number, after=after, limit=ON_A_PAGE + 1
    )
    changes = [_change(d, speak) for d in differences[:ON_A_PAGE]]
    return page(
        request, "screening/version.html", list=listed, shown=found, changes=changes,
        next=changes[-1].entry_id if len(differences) > ON_A_PAGE else None, begun=after != FIRST,
        names=await known_names(request, actor),
    )  # fmt: skip


@routes.get(f"{PATH}/{{list_id}}/versions/{{number}}/refuse")
async def ask_refuse(request: Request, actor: Reader, list_id: UUID, number: int) -> Response:
    require(actor, P.SCREENING_LIST_MANAGE)
    found = await registry_of(request).lists.get(actor, list_id)
    speak = translator(request)
    return ask(
        request, speak.gettext("Refuse version %(number)s of %(name)s?", number=number, name=found.name),
        action=f"{PATH}/{list_id}/versions/{number}/refuse", button=speak.gettext("Refuse"),
        back=f"{PATH}/{list_id}",
        note=speak.gettext("What was read in is dropped; the version in use stays. The refusal is on record."),
    )  # fmt: skip


@routes.post(f"{PATH}/{{list_id}}/versions/{{number}}/confirm")
async def confirm(request: Request, actor: Reader, list_id: UUID, number: int) -> Response:
    await registry_of(request).imports.confirm(actor, list_id, number)
    return done(request, f"{PATH}/{list_id}")


@routes.post(f"{PATH}/{{list_id}}/versions/{{number}}/refuse")
async def refuse(request: Request, actor: Reader, list_id: UUID, number: int) -> Response:
    await registry_of(request).imports.refuse(actor, list_id, number)
    return done(request, f"{PATH}/{list_id}")


@routes.get(f"{PATH}/{{list_id}}/entries/{{entry_id}}")
async def entry(request: Request, actor: Reader, list_id: UUID, entry_id: UUID) -> Response:
    """An entry of the version in use."""
    registry = registry_of(request)
    listed = await registry.lists.get(actor, list_id)
    async with house(request).database.tenant_session(actor) as db:
        found = await registry.entries.these(
            db, actor.tenant_id, list_id, listed.current_version, [entry_id]
        )
    if entry_id not in found:
        raise NotFound(ABSENT)
    entity = found[entry_id].entity
    rows = rows_of(entity, translator(request))
    return page(
        request, "screening/entry.html", list=listed, entity=entity, rows=rows, entry_id=entry_id
    )  # fmt: skip


def registry_of(request: Request) -> Registry:
    return house(request).screening.registry


async def _versions(
    registry: Registry, actor: Actor, found: ScreeningList, most: int = 1
) -> list[Version]:
    """The newest, of which the first alone may still come, and the one in use."""
    versions = list(await registry.lists.versions(actor, found.id, limit=most))
    if found.current_version and all(v.number != found.current_version for v in versions):
        versions.append(await registry.lists.version(actor, found.id, found.current_version))
    return versions


def shelf_of(found: ScreeningList, versions: Any) -> Shelf:
    by_number = {v.number: v for v in versions}
    coming = next((v for v in versions if v.state in ("reading", "pending")), None)
    return Shelf(found, by_number.get(found.current_version), coming)


def _change(difference: Difference, speak: Translator) -> Change:
    entity = difference.after or difference.before
    assert entity is not None
    return Change(
        difference.kind, entity, difference.entry_id, list(_fields(difference, speak))
    )  # fmt: skip


def _fields(
    difference: Difference, speak: Translator
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Of a changed entry, the fields whose wording differs; order alone is no difference to read."""
    if difference.before is None or difference.after is None:
        return
    was, now = (dict(rows_of(e, speak)) for e in (difference.before, difference.after))
    for name in FIELDS:
        before, after = was.get(name, []), now.get(name, [])
        if before != after:
            gone = [line for line in before if line not in after]
            come = [line for line in after if line not in before]
            yield name, gone or before, come or after
