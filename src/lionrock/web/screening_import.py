"""Importing a list: the file is looked at, a table's columns are confirmed, then all of it is read in.

The browser sends the file with each step, so nothing waits here between them.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from lionrock.doors import Bounded
from lionrock.errors import InvalidInput
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import Entity
from lionrock.screening.lists import mapping as tables
from lionrock.screening.lists import reading
from lionrock.screening.lists.fields import Field
from lionrock.screening.lists.kinds import ListKind
from lionrock.screening.registry.files import safe_name
from lionrock.web.administration import done, given_id
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.screening_facts import rows_of
from lionrock.web.screening_lists import PATH, registry_of
from lionrock.web.uploads import chosen_file, refuse_too_large

_SHOWN: Final = 5
_COLUMN: Final = "column-"

routes = APIRouter(route_class=Bounded)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file seems to be; of a table, which column holds what, and what that gives."""

    kind: ListKind
    mapping: Mapping[str, str] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()
    fault: str = ""
    """Why the mapping gives nothing."""


@routes.get(f"{PATH}/import")
async def form(request: Request, actor: Reader) -> Response:
    require(actor, P.SCREENING_LIST_MANAGE)
    lists = await registry_of(request).lists.listing(actor)
    return page(
        request, "screening/import.html", lists=lists, kinds=tuple(ListKind), looked=None,
        chosen=given_id(request.query_params.get("list", "")),
    )  # fmt: skip


@routes.post(f"{PATH}/preview")
async def preview(request: Request, actor: Reader) -> Response:
    """What the file seems to be. Nothing of it is kept."""
    require(actor, P.SCREENING_LIST_MANAGE)
    refuse_too_large(request)
    async with request.form(max_files=1) as sent:
        with _laid_down(request, sent) as path:
            looked = await asyncio.to_thread(_look, path, _kind(sent), _mapping(sent))
    return page(
        request, "screening/mapping.html", looked=looked, fields=tuple(Field), rows_of=rows_of
    )  # fmt: skip


@routes.post(PATH)
async def take(request: Request, actor: Reader) -> Response:
    """Read the file in as a version of a list, a new one if none is chosen. Whole, or not at all."""
    require(actor, P.SCREENING_LIST_MANAGE)
    refuse_too_large(request)
    registry = registry_of(request)
    async with request.form(max_files=1) as sent:
        with _laid_down(request, sent) as path:
            kind = _kind(sent) or await asyncio.to_thread(reading.detect, path)
            source = await asyncio.to_thread(
                reading.read, path, kind, _mapping(sent) if kind is ListKind.TABLE else None
            )
            list_id = given_id(str(sent.get("list", "")))
            if list_id is None:
                list_id = await _new(request, actor, sent, source)
            imported = await registry.imports.take(actor, list_id, source)
    version = imported.version.number
    return done(
        request,
        f"{PATH}/{list_id}" if imported.repeated else f"{PATH}/{list_id}/versions/{version}",
    )


async def _new(request: Request, actor: Reader, sent: FormData, source: reading.Reading) -> UUID:
    """A list for the file, made once the file has been read to its end."""
    name = str(sent.get("name", "")).strip()
    if not name:
        raise InvalidInput(translator(request).gettext("Give the new list a name."))
    await asyncio.to_thread(deque, source, 0)
    return await registry_of(request).lists.create(actor, name, source.kind.value)


def _look(path: Path, kind: ListKind | None, mapping: Mapping[str, str] | None) -> Looked:
    found = kind or reading.detect(path)
    if found is not ListKind.TABLE:
        return Looked(found)
    guessed = tables.guess_mapping(tables.headers(path))
    chosen = {h: (mapping or {}).get(h, f) for h, f in guessed.items()}
    try:
        return Looked(found, chosen, tuple(tables.preview(path, chosen, _SHOWN)))
    except InvalidInput as error:
        return Looked(found, chosen, fault=error.detail)


@contextmanager
def _laid_down(request: Request, sent: FormData) -> Iterator[Path]:
    """The file that was sent, under its own name, for as long as it is read."""
    file, name = chosen_file(request, sent)
    with TemporaryDirectory(prefix="list-") as folder:
        path = Path(folder) / safe_name(name)
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        yield path


def _kind(sent: FormData) -> ListKind | None:
    try:
        return ListKind(str(sent["kind"])) if sent.get("kind") else None
    except ValueError:
        raise InvalidInput("The address or the form is not one of this server's.") from None


def _mapping(sent: FormData) -> dict[str, str] | None:
    found = {k.removeprefix(_COLUMN): str(v) for k, v in sent.items() if k.startswith(_COLUMN)}
    return found or None
