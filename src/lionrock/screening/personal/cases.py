"""Cases (alerts, with all that hangs on them) as personal data.

What stands in one is found wherever it stands: name, evidence, notes, clearances, report drafts. To
the person it is about, of a closed case that came to nothing their own particulars are given; of any
other nothing may be: telling what might prejudice an investigation is an offence (Cap. 405 and
Cap. 455, s. 25A(5); Cap. 575, s. 12(5)), and Cap. 486, s. 58, exempts it from access.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.errors import Conflict
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.holds import refuse_held
from lionrock.kernel.privacy.scanning import around, rows_of
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.states import ENDS
from lionrock.screening.alerts.steps import KEY_KIND
from lionrock.screening.personal.case_rows import (
    FACTS,
    Texts,
    closing,
    end_shares,
    ids_of_case,
    texts_of,
    turns,
)

if TYPE_CHECKING:
    import asyncpg

_SELECT: Final = "SELECT * FROM screening_alerts WHERE tenant_id = $1"
_OF_IT: Final = (
    "screening_reports", "screening_clearances", "screening_alert_steps", "screening_alert_hits",
)  # fmt: skip
_NOT_TOLD: Final = (
    "The case must not be told to the person it is about, nor that there is one: leave the place out "
    "(exemption crime, Cap. 486, s. 58)."
)


class CaseData:
    name = "case"
    kind = "case"

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Cases in which the person is named. What others wrote of it is not shown: who handles
        requests is not among those who need to know."""
        async for row in rows_of(self._database, actor, _SELECT):
            async with self._database.tenant_session(actor) as db:
                kept = await texts_of(db, self._vault, row)
            found = _place(row["id"], kept, matcher)
            if found is not None:
                yield found

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """The person's particulars as they were compared, of a case that came to nothing. `Conflict`
        for any other: fail closed."""
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_SELECT} AND id = $2", actor.tenant_id, target)
            if row is None:
                return []
            nothing = row["disposition"] == "false-positive" or row["state"] == "withdrawn"
            reported = await db.fetchval(
                "SELECT true FROM screening_reports WHERE tenant_id = $1 AND alert_id = $2 LIMIT 1",
                *(actor.tenant_id, target),
            )
            if row["state"] not in ENDS or row["escalated_at"] or reported or not nothing:
                raise Conflict(_NOT_TOLD)
            kept = await texts_of(db, self._vault, row)
        subjects = [json.dumps(s, ensure_ascii=False, indent=2) for s in kept.subjects]
        lines = dict.fromkeys([kept.name, *subjects])
        text = wanted[0].redactor.redacted("\n".join(lines)) + "\n"
        about = {"when": row["raised_at"].isoformat()}
        return [Part(f"case-{target.hex}.txt", "text/plain", text.encode(), text, about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        """`Conflict` if a hold keeps it: so that it is told for a customer's cases, too."""
        row = await db.fetchrow(FACTS, actor.tenant_id, target)
        if row is None:
            return None
        await refuse_held(db, self.kind, target)
        counts = {n: row[n] for n in ("hits", "steps", "clearances", "reports")}
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "raised": row["raised_at"].isoformat(), **counts,
        }  # fmt: skip
        ids = await ids_of_case(db, actor.tenant_id, target)
        scopes = [Scope(self.kind, target.hex)]
        if row["alone"]:  # a subject's cases have one key between them
            scopes.append(Scope(KEY_KIND, row["subject_id"].hex))
        return Described(facts, ids, tuple(scopes), await closing(db, row))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_case(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A case stands in rows alone; what was taken out of it is with whoever took it."""


async def erase_case(db: asyncpg.Connection, tenant: UUID, case: UUID) -> None:
    """The case and all that hangs on it; its shares end and say no reason, also where an older copy has
    them without it."""
    if await turns(db, tenant, case):
        for table in _OF_IT:
            await db.execute(
                f"DELETE FROM {table} WHERE tenant_id = $1 AND alert_id = $2", tenant, case
            )
        await db.execute(
            "DELETE FROM screening_alerts WHERE tenant_id = $1 AND id = $2", tenant, case
        )
    await end_shares(db, tenant, case)


def _place(case: UUID, kept: Texts, matcher: Matcher) -> Found | None:
    for text in kept.own:
        if matches := matcher.matches(text):
            return Found(case, matches[0].form, excerpt=around(text, matches[0]))
    for text in kept.written:
        if matches := matcher.matches(text):
            return Found(case, matches[0].form)
    return None
