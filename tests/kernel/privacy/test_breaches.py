from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput
from lionrock.kernel.privacy.breaches import BreachFacts, EntryFacts
from tests.kernel.privacy.conftest import Office

FOUND = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LOST = BreachFacts(
    title="=A laptop was lost", what="陳大文's file was on it", found_at=FOUND,
    categories=["contact", "identity-document"],
)  # fmt: skip


def step(kind: str, **more: object) -> EntryFacts:
    return EntryFacts(kind=kind, at=FOUND + timedelta(hours=1), words=f"{kind} done", **more)  # type: ignore[arg-type]


async def test_a_breach_goes_from_found_to_closed_in_order(office: Office) -> None:
    breaches, officer = office.privacy.breaches, office.officer
    breach = await breaches.enter(officer, LOST)
    with pytest.raises(Conflict, match="contained comes next"):
        await breaches.add(officer, breach, step("assessment", risk="real"))
    await breaches.add(officer, breach, step("containment"))
    await breaches.add(officer, breach, step("notice", whom="pcpd"))
    await breaches.add(officer, breach, step("assessment", risk="real", people=12))
    await breaches.add(officer, breach, step("notice", whom="people"))
    await breaches.add(officer, breach, step("closing"))
    found = await breaches.get(officer, breach)
    assert (found.state, found.people, found.risk) == ("closed", 12, "real")
    assert [e.whom for e in found.entries if e.kind == "notice"] == ["pcpd", "people"]
    with pytest.raises(Conflict, match="closed"):
        await breaches.add(officer, breach, step("note"))
    assert len(await office.events("privacy:breach:enter", "privacy:breach:change")) == 6


async def test_steps_say_what_they_must(office: Office) -> None:
    breaches, officer = office.privacy.breaches, office.officer
    breach = await breaches.enter(officer, LOST)
    for wrong in (step("notice"), step("note", whom="hkma"), step("assessment")):
        with pytest.raises(InvalidInput):
            await breaches.add(officer, breach, wrong)
    with pytest.raises(InvalidInput, match="to come"):
        future = LOST.model_copy(update={"found_at": datetime.now(UTC) + timedelta(days=1)})
        await breaches.enter(officer, future)


async def test_the_register_is_exported_as_a_table_that_runs_nothing(office: Office) -> None:
    breaches, officer = office.privacy.breaches, office.officer
    breach = await breaches.enter(officer, LOST)
    await breaches.add(officer, breach, step("notice", whom="hkma"))
    data = (await breaches.export(officer)).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data))
    assert row["title"] == "'=A laptop was lost"
    assert row["notified"].startswith("hkma 2026-11-20T10:30")
    assert row["categories"] == "contact,identity-document"
    assert "privacy:breach:export" in await office.events()


async def test_its_words_are_sealed_and_only_officers_read_them(office: Office) -> None:
    await office.privacy.breaches.enter(office.officer, LOST)
    async with office.house.database.tenant_session(office.administrator) as db:
        row = await db.fetchval("SELECT b::text FROM breaches b")
    assert "陳大文".encode().hex() not in row
    with pytest.raises(Forbidden):
        await office.privacy.breaches.listing(office.administrator)
