"""Searching the whole tenant for a person, and the review of each place by a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.grounds import LEAVING_OUT
from lionrock.kernel.privacy.request_models import ENDS, RequestState
from lionrock.kernel.privacy.requests import row_of
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.privacy.sources import Found, Person, PersonalDataSource
from lionrock.kernel.privacy.subjects import Subjects
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault

TABLE: Final = "request_findings"
_BATCH = 200
Decision = Literal["open", "include", "exclude", "redact"]


class Review(BaseModel):
    """What a person decides of one place.

    `include` and `redact` put it into the copy; either way others are blacked out, `redact` says
    that the reviewer looked and names them. `whole`: the page or answer, not only the paragraph.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    decision: Literal["include", "exclude", "redact"]
    exemption: str | None = None
    reason: str = Field(default="", max_length=2000)
    others: list[str] = Field(default=[], max_length=100)
    """Names and words of other people, to be blacked out."""
    keep: list[str] = Field(default=[], max_length=100)
    """Words that look like someone else's data and are not."""
    whole: bool = False


class Finding(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID
    source: str
    target_id: UUID
    page: int | None
    first: int | None
    last: int | None
    boxes: list[list[float]]
    form: str
    excerpt: str
    decision: Decision
    exemption: str | None
    review: Review | None
    reviewed_by: UUID | None
    version_id: UUID | None = None


class Findings:
    def __init__(
        self, database: Database, vault: Vault, subjects: Subjects,
        sources: Sequence[PersonalDataSource],
    ) -> None:  # fmt: skip
        self._database, self._vault, self._subjects = database, vault, subjects
        self._sources = sources

    async def search(self, actor: Actor, request: UUID) -> int:
        """Look through every source; how many places there are. Reviewed ones keep their review.

        May be repeated, also after a crash. `Conflict` once the request has ended.
        """
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        person = await self._begin(actor, request)
        matcher, found = Matcher(person.identifiers), list[tuple[str, Found]]()
        for source in self._sources:
            async for place in source.find(actor, person, matcher):
                found.append((source.name, place))
        async with self._database.tenant_session(actor) as db:
            await row_of(db, actor.tenant_id, request, lock=True)
            await self._replace(db, actor, request, person, found)
            await db.execute(
                "UPDATE privacy_requests SET state = 'reviewing', searched_at = now()"
                " WHERE tenant_id = $1 AND id = $2 AND state = 'searching'",
                *(actor.tenant_id, request),
            )
            details = {"sources": len(self._sources), "places": len(found)}
            await record(db, actor, Event.PRIVACY_SEARCH_FINISH, request, details)
        return len(found)

    async def _begin(self, actor: Actor, request: UUID) -> Person:
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request, lock=True)
            if row["state"] in ENDS:
                raise Conflict(f"The request is {row['state']}: it has ended.")
            await db.execute(
                "UPDATE privacy_requests SET state = 'searching', package_sha256 = NULL,"
                " package_bytes = NULL WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, request),
            )
            await record(db, actor, Event.PRIVACY_SEARCH_START, request)
            return await self._subjects.person(db, actor.tenant_id, row["subject_id"])

    async def _replace(
        self, db: asyncpg.Connection, actor: Actor, request: UUID, person: Person,
        found: Sequence[tuple[str, Found]],
    ) -> None:  # fmt: skip
        await db.execute(
            "DELETE FROM request_findings WHERE tenant_id = $1 AND request_id = $2"
            " AND decision = 'open'",
            *(actor.tenant_id, request),
        )
        reviewed = await db.fetch(
            "SELECT source, target_id, page, first, version_id FROM request_findings"
            " WHERE tenant_id = $1 AND request_id = $2",
            *(actor.tenant_id, request),
        )
        # Reviewed before there were versions: of whichever.
        there = {
            (r["source"], r["target_id"], r["page"], r["first"], r["version_id"]) for r in reviewed
        }
        seals = Seals(self._vault, actor.tenant_id, scopes.subject(person.subject))
        rows = []
        for source, place in found:
            at_place = (source, place.target, place.page, place.first)
            if (*at_place, place.version) in there or (*at_place, None) in there:
                continue
            row = uuid4()
            rows.append(
                (actor.tenant_id, row, request, source, place.target, place.page)
                + (place.first, place.last, json.dumps([list(b) for b in place.boxes]), place.form)
                + (seals.seal(TABLE, row, "excerpt", place.excerpt), place.version)
            )
        for at in range(0, len(rows), _BATCH):
            await db.executemany(
                "INSERT INTO request_findings (tenant_id, id, request_id, source, target_id, page,"
                " first, last, boxes, form, excerpt, version_id)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                rows[at : at + _BATCH],
            )

    async def listing(self, actor: Actor, request: UUID) -> list[Finding]:
        """Every place, those to review first. Seeing them is on record: they are someone's data."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request)
            found = await self.of(db, actor.tenant_id, request, row["subject_id"])
            await record(db, actor, Event.PRIVACY_FINDINGS_VIEW, request, {"places": len(found)})
        return found

    async def of(
        self, db: asyncpg.Connection, tenant: UUID, request: UUID, subject: UUID
    ) -> list[Finding]:
        rows = await db.fetch(
            "SELECT id, source, target_id, page, first, last, boxes, form, excerpt, decision, exemption, review,"
            " reviewed_by, version_id FROM request_findings WHERE tenant_id = $1 AND request_id = $2"
            " ORDER BY decision <> 'open', source, target_id, page, id",
            *(tenant, request),
        )
        seals = Seals(self._vault, tenant, scopes.subject(subject))
        return [_finding(seals, r) for r in rows]

    async def review(self, actor: Actor, request: UUID, finding: UUID, review: Review) -> None:
        """Decide on one place. A package made before is void."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        _fit(review)
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request, lock=True)
            if row["state"] not in (RequestState.REVIEWING, RequestState.PACKAGED):
                raise Conflict(f"The request is {row['state']}: there is nothing to review.")
            seals = Seals(self._vault, actor.tenant_id, scopes.subject(row["subject_id"]))
            changed = await db.fetchval(
                "UPDATE request_findings SET decision = $4, exemption = $5, review = $6,"
                " reviewed_by = $7, reviewed_at = $8"
                " WHERE tenant_id = $1 AND id = $2 AND request_id = $3 RETURNING id",
                *(actor.tenant_id, finding, request, review.decision, review.exemption),
                seals.seal(TABLE, finding, "review", review.model_dump_json()),
                *(actor.id, datetime.now(UTC)),
            )
            if changed is None:
                raise NotFound(ABSENT)
            await db.execute(
                "UPDATE privacy_requests SET state = 'reviewing', package_sha256 = NULL,"
                " package_bytes = NULL WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, request),
            )
            details = {"decision": review.decision, "finding": str(finding)}
            await record(db, actor, Event.PRIVACY_FINDING_REVIEW, request, details)


def _fit(review: Review) -> None:
    if (review.decision == "exclude") != (review.exemption is not None):
        raise InvalidInput("What is left out, and nothing else, has an exemption.")
    if review.exemption is not None and review.exemption not in LEAVING_OUT:
        raise InvalidInput(f"The exemption is one of: {', '.join(LEAVING_OUT)}.")


def _finding(seals: Seals, row: asyncpg.Record) -> Finding:
    values: dict[str, Any] = dict(row)
    values["boxes"] = json.loads(row["boxes"])
    values["excerpt"] = seals.open(TABLE, row["id"], "excerpt", row["excerpt"])
    said = seals.open(TABLE, row["id"], "review", row["review"])
    values["review"] = Review.model_validate_json(said) if said else None
    return Finding(**values)
