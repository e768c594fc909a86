"""What a case is made of: its rows, the texts sealed in them, and what keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel import shares
from lionrock.kernel.privacy.keeping import AML_CLASS, SCREENING_CLASS, shortest, until
from lionrock.kernel.privacy.scanning import texts
from lionrock.kernel.privacy.sources import Kept
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.book import take_turns
from lionrock.screening.alerts.knowing import SHARED
from lionrock.screening.alerts.states import ENDS
from lionrock.screening.alerts.steps import seals_of
from lionrock.screening.personal.file_rows import ERASED
from lionrock.screening.personal.relationship import LAW, relationship

if TYPE_CHECKING:
    import asyncpg

_WRITTEN: Final = (
    ("screening_alert_steps", "words"), ("screening_clearances", "note"),
    ("screening_clearances", "ended_note"), ("screening_reports", "content"),
    ("screening_reports", "outcome_words"),
)  # fmt: skip
FACTS: Final = """
SELECT a.tenant_id, a.subject_kind, a.subject_id, a.state, a.raised_at,
    (SELECT count(*) FROM screening_alert_hits x WHERE (x.tenant_id, x.alert_id) = (a.tenant_id, a.id)) AS hits,
    (SELECT count(*) FROM screening_alert_steps x WHERE (x.tenant_id, x.alert_id) = (a.tenant_id, a.id)) AS steps,
    (SELECT count(*) FROM screening_clearances x WHERE (x.tenant_id, x.alert_id) = (a.tenant_id, a.id)) AS clearances,
    (SELECT count(*) FROM screening_reports x WHERE (x.tenant_id, x.alert_id) = (a.tenant_id, a.id)) AS reports,
    EXISTS (SELECT FROM screening_reports x WHERE (x.tenant_id, x.alert_id) = (a.tenant_id, a.id)
        AND x.concluded_at IS NULL) AS drafted,
    NOT EXISTS (SELECT FROM screening_alerts o WHERE (o.tenant_id, o.subject_id) = (a.tenant_id, a.subject_id)
        AND o.id <> a.id) AS alone,
    greatest(a.raised_at, a.decided_at,
        (SELECT max(x.made_at) FROM screening_alert_steps x WHERE (x.tenant_id, x.alert_id) = (a.tenant_id, a.id)),
        (SELECT max(x.concluded_at) FROM screening_reports x WHERE (x.tenant_id, x.alert_id) = (a.tenant_id, a.id)))
        AS closed_at
FROM screening_alerts a WHERE a.tenant_id = $1 AND a.id = $2
"""


@dataclass(slots=True)
class Texts:
    """`name` and `subjects` are the institution's own of who the case is about; `written` is what
    people wrote in it. What a destroyed key sealed is empty."""

    name: str = ""
    subjects: list[Any] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    @property
    def own(self) -> list[str]:
        return [self.name, *("\n".join(texts(s)) for s in self.subjects)]


async def texts_of(db: asyncpg.Connection, vault: Vault, row: asyncpg.Record) -> Texts:
    """Of a row of `screening_alerts`."""
    tenant, case = row["tenant_id"], row["id"]
    seals = seals_of(vault, tenant, row["subject_id"])
    kept = Texts(seals.open("screening_alerts", case, "name", row["name"]))

    async def column(table: str, name: str) -> list[str]:
        rows = await db.fetch(
            f"SELECT id, {name} FROM {table} WHERE tenant_id = $1 AND alert_id = $2 ORDER BY id",
            *(tenant, case),
        )
        return [text for r in rows if (text := seals.open(table, r["id"], name, r[name]))]

    evidence = await column("screening_alert_hits", "evidence")
    kept.subjects = [json.loads(text)["subject"] for text in evidence]
    for table, name in _WRITTEN:
        for text in await column(table, name):
            kept.written += texts(json.loads(text)) if name in ("words", "content") else [text]
    kept.written += [share.reason for share in await shares.of_thing(db, tenant, SHARED, case)]
    return kept


async def ids_of_subject(db: asyncpg.Connection, tenant: UUID, subject: UUID) -> list[UUID]:
    rows = await db.fetch(
        "SELECT id FROM screening_alerts WHERE tenant_id = $1 AND subject_id = $2 ORDER BY id",
        *(tenant, subject),
    )
    return [r["id"] for r in rows]


async def ids_of_case(db: asyncpg.Connection, tenant: UUID, case: UUID) -> tuple[UUID, ...]:
    """By which events name it: its own, and those of its clearances, drafts, proposals, shares."""
    rows = await db.fetch(
        "SELECT id FROM screening_clearances WHERE tenant_id = $1 AND alert_id = $2 UNION"
        " SELECT id FROM screening_reports WHERE tenant_id = $1 AND alert_id = $2 UNION"
        " SELECT proposal_id FROM screening_alert_steps WHERE tenant_id = $1 AND alert_id = $2"
        " AND proposal_id IS NOT NULL UNION"
        " SELECT id FROM shares WHERE tenant_id = $1 AND subject_id = $2 AND kind = $3 ORDER BY 1",
        *(tenant, case, SHARED),
    )
    return (case, *(r["id"] for r in rows))


async def closing(db: asyncpg.Connection, row: asyncpg.Record) -> tuple[Kept, ...]:
    """What keeps a case (a row of `FACTS`): that it is not closed, its time, its customer."""
    tenant, customers = row["tenant_id"], row["subject_kind"] == "customer"
    kept = await relationship(db, tenant, row["subject_id"]) if customers else ()
    if row["state"] not in ENDS or row["drafted"]:
        # One word for all that is open: what is being reported is not for who erases to know.
        return (*kept, Kept("A case is not closed: what it is about is to be decided first."))
    code = AML_CLASS if customers else SCREENING_CLASS
    months = await shortest(db, tenant, code)
    law = LAW if customers else f"(class {code})"
    why = f"Records of a case are kept {months} months after it was closed {law}."
    return (*kept, *until(why, row["closed_at"], months))


async def turns(db: asyncpg.Connection, tenant: UUID, case: UUID) -> bool:
    """Take turns with what raises and changes the subject's alerts; False if there is no such case."""
    subject = await db.fetchval(
        "SELECT subject_id FROM screening_alerts WHERE tenant_id = $1 AND id = $2", tenant, case
    )
    if subject is None:
        return False
    await take_turns(db, subject)
    return True


async def end_shares(db: asyncpg.Connection, tenant: UUID, case: UUID) -> None:
    """Who was shown it, and when, stays; for what, in whose words, does not."""
    await db.execute(
        "UPDATE shares SET ended_at = coalesce(ended_at, now()), reason = $4"
        " WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3",
        *(tenant, SHARED, case, ERASED),
    )
