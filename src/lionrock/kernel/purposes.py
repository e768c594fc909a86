"""Purposes (Data Protection Principle 3) and retention classes: data of each tenant, seeded once.

The seeds are starting points. Periods carry their source; whether they fit an institution is for its
privacy officer to say.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.retention import check_floor

CODE = r"^[a-z][a-z0-9-]{1,39}$"


class Purpose(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str = Field(pattern=CODE)
    title_en: str = Field(min_length=1, max_length=120)
    title_zh: str = Field(min_length=1, max_length=120)
    basis: str = Field(default="", max_length=500)
    """Why the institution may use personal data so."""
    active: bool = True


class RetentionClass(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str = Field(pattern=CODE)
    title_en: str = Field(min_length=1, max_length=120)
    title_zh: str = Field(min_length=1, max_length=120)
    minimum_months: int = Field(default=0, ge=0, le=1200)
    maximum_months: int | None = Field(default=None, ge=0, le=1200)
    starts: Literal["added", "relationship-end", "transaction", "decision", "last-use"] = "added"
    automatic: bool = False
    """What is past its time goes without a person's approval."""
    source: str = Field(default="", max_length=500)
    active: bool = True


PURPOSES = (
    Purpose(code="general", title_en="General work", title_zh="一般工作",
            basis="Published rules, internal policies and procedures; no personal data is expected."),
    Purpose(code="customer-due-diligence", title_en="Customer due diligence", title_zh="客戶盡職審查",
            basis="Anti-Money Laundering and Counter-Terrorist Financing Ordinance (Cap. 615), Schedule 2."),
    Purpose(code="complaint-handling", title_en="Handling complaints", title_zh="處理投訴"),
    Purpose(code="claims-handling", title_en="Handling claims", title_zh="處理索償"),
    Purpose(code="access-request", title_en="Access to and correction of personal data",
            title_zh="查閱及改正個人資料",
            basis="Personal Data (Privacy) Ordinance (Cap. 486), Part 5, sections 18 to 25."),
    Purpose(code="supervision", title_en="Audit and supervision", title_zh="審計及監管"),
)  # fmt: skip

RETENTION_CLASSES = (
    RetentionClass(code="standard", title_en="Ordinary records", title_zh="一般紀錄",
                   source="Cap. 486, Schedule 1, Principle 2(2) and section 26: no longer than is"
                   " necessary. The institution sets how long that is."),
    RetentionClass(code="aml-due-diligence", title_en="Customer due diligence records",
                   title_zh="客戶盡職審查紀錄", minimum_months=60, starts="relationship-end",
                   source="Cap. 615, Schedule 2, section 20: throughout the relationship and at least"
                   " five years after it ends (six before 1 March 2018). As read in November 2026."),
    RetentionClass(code="aml-transaction", title_en="Transaction records", title_zh="交易紀錄",
                   minimum_months=60, starts="transaction",
                   source="Cap. 615, Schedule 2, section 20: at least five years after the transaction is"
                   " completed. As read in November 2026."),
    RetentionClass(code="screening", title_en="Screenings and screened files",
                   title_zh="篩查紀錄及已篩查的檔案", minimum_months=60,
                   source="A choice, as long as Cap. 615, Schedule 2, section 20 asks of records of"
                   " customers: what was screened is part of due diligence. The institution sets it."),
    RetentionClass(code="gateway-usage", title_en="Who called which model", title_zh="模型用量所屬的人",
                   maximum_months=24,
                   source="A choice (Cap. 486, Schedule 1, Principle 2(2)): then calls no longer name a"
                   " member or key; tokens and cost stay. The institution sets it."),
    RetentionClass(code="gateway-exchange", title_en="What was asked of models and answered",
                   title_zh="與模型的對話內容", maximum_months=12,
                   source="A choice (Cap. 486, Schedule 1, Principle 2(2)); only where the tenant's policy"
                   " keeps them. The institution sets it."),
    RetentionClass(code="access-request", title_en="Log of refused access requests",
                   title_zh="拒絕查閱資料要求的紀錄簿", minimum_months=48, starts="decision",
                   source="Cap. 486, section 27: entries are kept for four years. As read in November 2026."),
)  # fmt: skip


async def seed(db: asyncpg.Connection, tenant_id: UUID) -> None:
    """Give a tenant what every tenant starts with; what it has is left as it is."""
    for kept, table in ((PURPOSES, "purposes"), (RETENTION_CLASSES, "retention_classes")):
        for one in kept:
            await _write(db, tenant_id, table, one, "ON CONFLICT DO NOTHING")


async def _write(
    db: asyncpg.Connection, tenant_id: UUID, table: str, one: BaseModel, rest: str
) -> str | None:
    """Insert `one`; `table` and `rest` are this module's own words, and columns its models' fields."""
    values = one.model_dump()
    places = ", ".join(f"${n}" for n in range(1, len(values) + 2))
    written: str | None = await db.fetchval(
        f"INSERT INTO {table} (tenant_id, {', '.join(values)}) VALUES ({places}) {rest} RETURNING code",
        *(tenant_id, *values.values()),
    )
    return written


async def purposes(database: Database, actor: Actor) -> list[Purpose]:
    """Every purpose, those out of use too."""
    require(actor, P.PURPOSES_PURPOSE_READ)
    return await _purposes(database, actor)


async def in_use(database: Database, actor: Actor) -> list[Purpose]:
    """What any member may state as the purpose of their session."""
    return [p for p in await _purposes(database, actor) if p.active]


async def _purposes(database: Database, actor: Actor) -> list[Purpose]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT code, title_en, title_zh, basis, active FROM purposes WHERE tenant_id = $1"
            " ORDER BY code",
            actor.tenant_id,
        )
    return [Purpose(**dict(r)) for r in rows]


async def retention_classes(database: Database, actor: Actor) -> list[RetentionClass]:
    require(actor, P.PURPOSES_PURPOSE_READ)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT code, title_en, title_zh, minimum_months, maximum_months, starts,"
            " automatic, source, active"
            " FROM retention_classes WHERE tenant_id = $1 ORDER BY code",
            actor.tenant_id,
        )
    return [RetentionClass(**dict(r)) for r in rows]


async def add_purpose(database: Database, actor: Actor, purpose: Purpose) -> None:
    require(actor, P.PURPOSES_PURPOSE_MANAGE)
    await _add(database, actor, "purposes", purpose, Event.PURPOSE_PURPOSE_CREATE)


async def change_purpose(database: Database, actor: Actor, purpose: Purpose) -> None:
    """Reword a purpose, or put it out of use: collections keep it, new sessions cannot state it."""
    require(actor, P.PURPOSES_PURPOSE_MANAGE)
    await _change(database, actor, "purposes", purpose, Event.PURPOSE_PURPOSE_CHANGE)


async def add_retention_class(database: Database, actor: Actor, kept: RetentionClass) -> None:
    require(actor, P.PRIVACY_RETENTION_MANAGE)
    check_floor(kept.code, kept.minimum_months, kept.starts)
    await _add(database, actor, "retention_classes", kept, Event.RETENTION_CLASS_CREATE)


async def change_retention_class(database: Database, actor: Actor, kept: RetentionClass) -> None:
    require(actor, P.PRIVACY_RETENTION_MANAGE)
    check_floor(kept.code, kept.minimum_months, kept.starts)
    await _change(database, actor, "retention_classes", kept, Event.RETENTION_CLASS_CHANGE)


async def _add(
    database: Database, actor: Actor, table: str, one: Purpose | RetentionClass, event: Event
) -> None:
    async with database.tenant_session(actor) as db:
        if await _write(db, actor.tenant_id, table, one, "ON CONFLICT DO NOTHING") is None:
            raise Conflict(f"There is one with the code {one.code} already.")
        await record(db, actor, event, actor.tenant_id, _details(one))


async def _change(
    database: Database, actor: Actor, table: str, one: Purpose | RetentionClass, event: Event
) -> None:
    values = one.model_dump(exclude={"code"})
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 3))
    async with database.tenant_session(actor) as db:
        changed = await db.fetchval(
            f"UPDATE {table} SET {columns} WHERE tenant_id = $1 AND code = $2 RETURNING code",
            *(actor.tenant_id, one.code, *values.values()),
        )
        if changed is None:
            raise NotFound(ABSENT)
        await record(db, actor, event, actor.tenant_id, _details(one))


def _details(one: Purpose | RetentionClass) -> dict[str, object]:
    details: dict[str, object] = {"code": one.code, "active": one.active}
    if isinstance(one, RetentionClass):
        details |= {"minimum_months": one.minimum_months, "starts": one.starts}
        details["automatic"] = one.automatic
        if one.maximum_months is not None:
            details["maximum_months"] = one.maximum_months
    return details
