"""`/v1/screening/lists/{list}/versions`: imports, what each changed, and those that wait for a person."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi import Path as InPath
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.api.routes.screening_files import laid_out
from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.lists.kinds import ListKind
from lionrock.screening.registry.differences import Difference
from lionrock.screening.registry.entries import FIRST
from lionrock.screening.registry.lists import MOST_NUMBER, Version

if TYPE_CHECKING:
    from lionrock.screening.lists.reading import Reading

Number = Annotated[int, InPath(ge=1, lt=MOST_NUMBER)]
_FEW = 20
_Files = Annotated[list[UploadFile], File(min_length=1, max_length=10)]
_Mapping = Annotated[str, Form(max_length=100_000, description="JSON: column to field.")]


class ImportedOut(BaseModel):
    """`repeated`: the bytes of the version in use came again, and nothing changed. `skipped`: the
    first entries that could not be read, and why; `notices` what could not be checked."""

    version: Version
    kind: str
    repeated: bool
    skipped: list[str]
    notices: list[str]


class PreviewOut(BaseModel):
    """Of a table: what its columns would be read as, and who the first rows would name."""

    kind: str
    headers: list[str]
    mapping: dict[str, str]
    first: list[str]


class Versions(BaseModel):
    versions: list[Version]


class DifferenceOut(BaseModel):
    """`fields`: of a changed entry, each that differs, before and after."""

    entry_id: UUID
    kind: Literal["added", "changed", "removed"]
    entry: str
    name: str
    fields: dict[str, list[Any]]


class Differences(BaseModel):
    """`next`: what to give as `after` for the next page."""

    differences: list[DifferenceOut]
    next: UUID | None


def add(routes: APIRouter) -> None:
    @routes.get("/screening/lists/{list_id}/versions")
    async def versions(
        request: Request, actor: ActorDep, list_id: UUID,
        before: Annotated[int, Query(ge=1, le=MOST_NUMBER)] = MOST_NUMBER,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Versions:  # fmt: skip
        """The newest first; for the next page give the last number as `before`."""
        lists = house(request).screening.registry.lists
        found = await lists.versions(actor, list_id, before=before, limit=limit)
        return Versions(versions=list(found))

    @routes.post("/screening/lists/{list_id}/versions", status_code=201)
    async def take(
        request: Request, actor: ActorDep, list_id: UUID, file: _Files, mapping: _Mapping = "",
        kind: Annotated[ListKind | None, Form()] = None, again: Annotated[bool, Form()] = False,
    ) -> ImportedOut:  # fmt: skip
        """Import a file, or OFAC's CSV files of one day together. It is applied whole or not at all;
        one that takes away more than a tenth of the entries waits (`pending`) for a person.

        `kind` is found by content if it is not said. `again`: also if nothing changed.
        """
        require(actor, P.SCREENING_LIST_MANAGE)
        registry = house(request).screening.registry
        listed = await registry.lists.get(actor, list_id)
        columns = _columns(mapping)
        async with laid_out(file, house(request).settings.max_upload_bytes) as path:
            source = await asyncio.to_thread(_opened, path, kind, listed.kind, columns)
            done = await registry.imports.take(actor, list_id, source, again=again)
        return ImportedOut(
            version=done.version, kind=source.kind, repeated=done.repeated,
            skipped=source.skipped[:_FEW], notices=source.notices[:_FEW],
        )  # fmt: skip

    @routes.post("/screening/lists/{list_id}/preview")
    async def look(
        request: Request, actor: ActorDep, list_id: UUID, file: _Files, mapping: _Mapping = ""
    ) -> PreviewOut:
        """What a table's columns would be read as, before it is imported. Nothing is kept."""
        require(actor, P.SCREENING_LIST_MANAGE)
        await house(request).screening.registry.lists.get(actor, list_id)
        columns = _columns(mapping)
        async with laid_out(file, house(request).settings.max_upload_bytes) as path:
            return await asyncio.to_thread(_preview, path, columns)

    _decisions(routes)


def _decisions(routes: APIRouter) -> None:
    @routes.get("/screening/lists/{list_id}/versions/{number}/differences")
    async def differences(
        request: Request, actor: ActorDep, list_id: UUID, number: Number, after: UUID = FIRST,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Differences:  # fmt: skip
        """What the version changed, or would change."""
        found = await house(request).screening.registry.differences.page(
            actor, list_id, number, after=after, limit=limit
        )
        last = found[-1].entry_id if len(found) == limit else None
        return Differences(differences=[_difference(d) for d in found], next=last)

    @routes.post("/screening/lists/{list_id}/versions/{number}/confirm")
    async def confirm(request: Request, actor: ActorDep, list_id: UUID, number: Number) -> Version:
        """Apply a version that waits. By a person who is signed in, not by a key."""
        return await house(request).screening.registry.imports.confirm(actor, list_id, number)

    @routes.post("/screening/lists/{list_id}/versions/{number}/refuse", status_code=204)
    async def refuse(request: Request, actor: ActorDep, list_id: UUID, number: Number) -> None:
        """Drop a version that waits. By a person who is signed in, not by a key."""
        await house(request).screening.registry.imports.refuse(actor, list_id, number)


def _columns(text: str) -> Mapping[str, str] | None:
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The mapping is not JSON.") from error
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise InvalidInput("The mapping is an object of columns to fields.")
    return found


def _opened(
    path: Path, kind: ListKind | None, listed: str, columns: Mapping[str, str] | None
) -> Reading:
    """`InvalidInput` for another kind of list than this one has, unless it was said."""
    from lionrock.screening.lists.reading import detect, read  # half a second, for who needs it

    found = kind or (ListKind.TABLE if columns else detect(path))
    known = {k.value for k in ListKind}
    if kind is None and listed in known and found != listed:
        raise InvalidInput(
            f"The file is of the kind {found}, the list of {listed}. Import it into a list of its "
            "own, or say the kind."
        )
    return read(path, found, columns)


def _preview(path: Path, columns: Mapping[str, str] | None) -> PreviewOut:
    from lionrock.screening.lists.mapping import guess_mapping, headers, preview
    from lionrock.screening.lists.reading import detect

    found = detect(path)
    if found is not ListKind.TABLE:
        raise InvalidInput(f"The file is of the kind {found}: it needs no mapping.")
    heads = headers(path)
    mapping = dict(columns or guess_mapping(heads))
    return PreviewOut(
        kind=found, headers=heads, mapping=mapping,
        first=[e.caption for e in preview(path, mapping, 5)],
    )  # fmt: skip


def _difference(one: Difference) -> DifferenceOut:
    there = one.after or one.before
    assert there is not None
    fields = {k: list(v) for k, v in one.fields().items()}
    return DifferenceOut(
        entry_id=one.entry_id, kind=one.kind, entry=there.id, name=there.caption, fields=fields
    )
