"""The copy that is handed to a person: a ZIP with an index, their data, and nobody else's.

Made only once every place has been reviewed. The finished texts are looked through once more for
everyone else who is known: one find and there is no package. It is kept sealed with the person's key.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final
from uuid import UUID

from lionrock.errors import Conflict, Erased, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.findings import Finding, Findings
from lionrock.kernel.privacy.grounds import LEAVING_OUT
from lionrock.kernel.privacy.package_files import PackageFiles
from lionrock.kernel.privacy.readable import Line, page
from lionrock.kernel.privacy.redaction import Redactor
from lionrock.kernel.privacy.request_models import Request, RequestState
from lionrock.kernel.privacy.requests import Requests, row_of
from lionrock.kernel.privacy.sources import Part, PersonalDataSource, Wanted
from lionrock.kernel.privacy.subjects import Subjects
from lionrock.kernel.tables import as_csv

_HEADER: Final = ("file", "source", "page", "what", "sha256")


class Packages:
    def __init__(
        self, database: Database, requests: Requests, findings: Findings, subjects: Subjects,
        sources: Sequence[PersonalDataSource], files: PackageFiles,
    ) -> None:  # fmt: skip
        self._database, self._requests = database, requests
        self._findings, self._subjects, self._files = findings, subjects, files
        self._sources: Mapping[str, PersonalDataSource] = {s.name: s for s in sources}

    async def make(self, actor: Actor, request: UUID) -> str:
        """Build and keep the package; its SHA-256. `Conflict` while a place is not reviewed, or if
        anyone else who is known would be in it."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request)
            asked = self._requests.opened(actor.tenant_id, row)
            found = await self._findings.of(db, actor.tenant_id, request, asked.subject_id)
            person = await self._subjects.person(db, actor.tenant_id, asked.subject_id)
            others = await self._subjects.others(db, actor.tenant_id, person)
        _ready(asked, found)
        taken = [f for f in found if f.decision in ("include", "redact")]
        parts = await self._parts(actor, taken, person.identifiers, others)
        named = [n for f in taken if f.review for n in f.review.others]
        keep = [k for f in taken if f.review for k in f.review.keep]
        check = Redactor(person.identifiers, others, named=named, keep=keep)
        data = await asyncio.to_thread(_zip, asked, parts, found, check)
        digest = hashlib.sha256(data).digest()
        await asyncio.to_thread(
            self._files.put, actor.tenant_id, asked.subject_id, request, data
        )  # fmt: skip
        await self._keep(actor, request, digest, len(data), len(parts))
        return digest.hex()

    async def _parts(
        self,
        actor: Actor,
        taken: Sequence[Finding],
        own: Sequence[object],
        others: Sequence[object],
    ) -> list[tuple[Finding, Part]]:
        grouped: dict[tuple[str, UUID], list[Finding]] = {}
        for finding in taken:
            grouped.setdefault((finding.source, finding.target_id), []).append(finding)
        parts: list[tuple[Finding, Part]] = []
        for (source, target), places in grouped.items():
            wanted = [_wanted(f, own, others) for f in places]
            copied = await self._sources[source].copy(actor, target, wanted)
            parts += [(places[0], part) for part in copied]
        return parts

    async def _keep(
        self, actor: Actor, request: UUID, digest: bytes, size: int, parts: int
    ) -> None:
        async with self._database.tenant_session(actor) as db:
            changed = await db.fetchval(
                "UPDATE privacy_requests SET state = 'packaged', package_sha256 = $3,"
                " package_bytes = $4 WHERE tenant_id = $1 AND id = $2"
                " AND state IN ('reviewing', 'packaged') RETURNING id",
                *(actor.tenant_id, request, digest, size),
            )
            if changed is None:
                raise Conflict("The request was changed in the meantime: look at it again.")
            details = {"sha256": digest.hex(), "bytes": size, "parts": parts}
            await record(db, actor, Event.PRIVACY_PACKAGE_MAKE, request, details)

    async def get(self, actor: Actor, request: UUID) -> bytes:
        """The ZIP. Each time it is fetched is on record."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request)
            if row["package_sha256"] is None:
                raise NotFound(ABSENT)
            try:
                data = await asyncio.to_thread(
                    self._files.get, actor.tenant_id, row["subject_id"], request
                )
            except Erased:
                raise NotFound(ABSENT) from None
            if hashlib.sha256(data).digest() != row["package_sha256"]:
                raise Conflict("The package is not the one on record: make it again.")
            details = {"sha256": row["package_sha256"].hex()}
            await record(db, actor, Event.PRIVACY_PACKAGE_EXPORT, request, details)
        return data


def _ready(asked: Request, found: Sequence[Finding]) -> None:
    if asked.state not in (RequestState.REVIEWING, RequestState.PACKAGED):
        raise Conflict(f"The request is {asked.state}: search first, then review.")
    waiting = sum(f.decision == "open" for f in found)
    if waiting:
        raise Conflict(f"{waiting} of {len(found)} places have not been reviewed yet.")


def _wanted(finding: Finding, own: Sequence[object], others: Sequence[object]) -> Wanted:
    review = finding.review
    named, keep = (review.others, review.keep) if review else ([], [])
    redactor = Redactor(own, others, named=named, keep=keep)  # type: ignore[arg-type]
    whole = review is not None and review.whole
    return Wanted(redactor, finding.page, finding.first, finding.last, whole, finding.version_id)


def _zip(
    asked: Request, parts: Sequence[tuple[Finding, Part]], found: Sequence[Finding], check: Redactor
) -> bytes:
    lines = [
        Line(
            part.name, finding.source, part.about.get("page", ""),
            part.about.get("what", ""), hashlib.sha256(part.data).hexdigest(),
        )
        for finding, part in parts
    ]  # fmt: skip
    left_out: dict[str, int] = {}
    for finding in found:
        if finding.exemption:
            ground = LEAVING_OUT[finding.exemption]
            left_out[ground] = left_out.get(ground, 0) + 1
    files = {part.name: part.data for _, part in parts}
    index = _index(asked, lines, left_out)
    html = page(asked.language, asked.received_on, lines, left_out)
    for text in [*(p.text for _, p in parts), html, json.dumps(index, ensure_ascii=False)]:
        if check.leaks(text):
            raise Conflict(
                "The copy would hold somebody else's data. Review the places again: name whom to "
                "black out, or leave the place out. Nothing was kept."
            )
    files["index.csv"] = as_csv(_HEADER, [list(vars_of(line)) for line in lines])
    files["index.json"] = json.dumps(index, ensure_ascii=False, indent=2).encode()
    files["index.html"] = html.encode()
    return _archive(files)


def _index(
    asked: Request, lines: Sequence[Line], left_out: Mapping[str, int]
) -> Mapping[str, Json]:
    return {
        "request": str(asked.id),
        "received_on": asked.received_on.isoformat(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": [dict(zip(_HEADER, vars_of(line), strict=True)) for line in lines],
        "left_out": dict(left_out),
    }


def vars_of(line: Line) -> tuple[str, ...]:
    return (line.file, line.source, line.page, line.what, line.sha256)


def _archive(files: Mapping[str, bytes]) -> bytes:
    """Names are this program's own; dates are the format's first, so that they tell nothing."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()
