"""What was asked of models about a person, or by them, is found for them, held, and erased."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.errors import Conflict, NotFound
from lionrock.gateway.exchanges.personal import ExchangeData, erase_exchange
from lionrock.gateway.exchanges.service import ExchangeService
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.privacy.findings import Review
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.holds import HELD, Target
from lionrock.kernel.privacy.replay import replay
from lionrock.kernel.privacy.sources import Found, Person
from tests.building import house_of
from tests.gateway.exchanges.making import kept, put
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.making import CHAN, LEES, officers
from tests.kernel.privacy.test_findings import searched

ASKED = "Sum up: 陳大文 (A123456(3)) complained. Ms LEE Mei Ling, Z683365(A), answered him."


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    administrator, pair = await officers(database)
    async with house_of(database, administrator, tmp_path, working=False) as house:
        yield Office(house, administrator, pair)


async def exchanged(office: Office, prompt: str = ASKED, answer: str = "A complaint.") -> UUID:
    return await put(
        office.house.database, office.house.vault, office.administrator, prompt, answer
    )


async def looked(office: Office, member: UUID | None = None) -> list[Found]:
    person = Person(uuid4(), tuple(CHAN), member)
    data = ExchangeData(office.house.database, office.house.vault)
    return [f async for f in data.find(office.officer, person, Matcher(CHAN))]


async def test_who_is_named_in_a_prompt_or_an_answer_is_found(office: Office) -> None:
    asked = await exchanged(office)
    answered = await exchanged(office, "Who wrote?", "It was Chan Tai-man.")
    await exchanged(office, "And who else?", "Nobody.")
    request = await searched(office)
    found = await office.privacy.findings.listing(office.officer, request)
    assert {(f.source, f.target_id) for f in found if f.source == "exchange"} == {
        ("exchange", asked), ("exchange", answered),
    }  # fmt: skip


async def test_who_asked_is_found_by_what_they_asked(office: Office) -> None:
    ids = {await exchanged(office, f"word {n}") for n in range(25)}
    assert await looked(office) == []
    found = await looked(office, office.administrator.id)
    assert {f.target for f in found} == ids and {f.form for f in found} == {"own exchange"}


async def test_a_picture_that_was_sent_is_not_searched_for_words(office: Office) -> None:
    picture = "data:image/png;base64,A1234563" + "QUJD" * 500
    parts = [
        {"type": "image_url", "image_url": {"url": picture}},
        {"type": "text", "text": "陳大文"},
    ]
    id = await exchanged(office, json.dumps(parts, ensure_ascii=False))
    (place,) = await looked(office)
    assert (place.target, place.form) == (id, "name") and "QUJD" not in place.excerpt


async def test_a_copy_holds_the_persons_words_and_nobody_elses_identifiers(office: Office) -> None:
    id = await exchanged(office)
    request = await searched(office)
    findings, officer = office.privacy.findings, office.officer
    for place in await findings.listing(officer, request):
        await findings.review(officer, request, place.id, Review(decision="include"))
    await office.privacy.packages.make(officer, request)
    data = await office.privacy.packages.get(officer, request)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(f"exchange-{id.hex}.txt").decode()
        index = archive.read("index.html").decode()
    assert "陳大文" in text and text.startswith("request.messages.1.content: Sum up")
    assert not [word for word in LEES if word in text]
    assert "exchange with a model" in index or "與模型的對話" in index


async def test_it_is_erased_by_two_and_the_use_of_it_stays(office: Office) -> None:
    id, other = await exchanged(office), await exchanged(office)
    erasures, target = office.privacy.erasures, ErasureTarget(kind="exchange", id=id)
    erasure = await erasures.propose(office.officers.first, [target], "request")
    shown = await erasures.get(office.officers.second, erasure)
    assert ASKED not in json.dumps(shown.facts, ensure_ascii=False)
    file = await erasures.approve(office.officers.second, erasure, shown.content_hash)
    certificate = json.loads(file)["certificate"]
    assert [e["id"] for e in certificate["erased"]] == [str(id)]
    assert f"exchange/{id.hex}" in [k["scope"] for k in certificate["keys_destroyed"]]
    database, vault = office.house.database, office.house.vault
    assert [r["id"] for r in await kept(database, office.administrator)] == [other]
    with pytest.raises(NotFound):
        await ExchangeService(database, vault).get(office.administrator, id)


async def test_put_back_with_an_older_database_it_goes_again(office: Office, postgres: str) -> None:
    database, vault, tenant = office.house.database, office.house.vault, office.officer.tenant_id
    id = await exchanged(office)
    (row,) = await kept(database, office.administrator)
    erasures = office.privacy.erasures
    erasure = await erasures.propose(
        office.officers.first, [ErasureTarget(kind="exchange", id=id)], "request"
    )
    shown = await erasures.get(office.officers.second, erasure)
    await erasures.approve(office.officers.second, erasure, shown.content_hash)
    async with database.tenant_session(office.administrator) as db:
        columns = ", ".join(row.keys())
        marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await db.execute(
            f"INSERT INTO gateway_exchanges ({columns}) VALUES ({marks})", *row.values()
        )
    again = {"exchange": erase_exchange}
    assert await replay(database, vault, again) == 0, "its tombstone was not put back"
    admin = await asyncpg.connect(postgres)
    try:
        await admin.execute("DELETE FROM lionrock.vault_tombstones WHERE tenant_id = $1", tenant)
    finally:
        await admin.close()
    assert await replay(database, vault, again) == 1
    assert await kept(database, office.administrator) == []


@pytest.mark.parametrize("by", ["exchange", "tenant", "subject"])
async def test_what_is_held_is_erased_by_nobody(office: Office, by: str) -> None:
    id, officer = await exchanged(office), office.officer
    await searched(office)
    subjects = await office.privacy.subjects.find(officer, CHAN[0])
    ids = {"exchange": id, "tenant": officer.tenant_id, "subject": subjects[0].id}
    target = Target(kind=by, id=ids[by])  # type: ignore[arg-type]
    hold = await office.privacy.holds.place(officer, "HCA 1/2026", "a writ was served", [target])
    wanted = [ErasureTarget(kind="exchange", id=id)]
    with pytest.raises(Conflict, match=str(hold)):
        await office.privacy.erasures.propose(officer, wanted, "request")
    with pytest.raises(asyncpg.PostgresError) as refused:
        async with office.house.database.tenant_session(office.administrator) as db:
            await erase_exchange(db, officer.tenant_id, id)
    assert refused.value.sqlstate == HELD
    await office.privacy.holds.release(officer, hold, "settled")
    assert await office.privacy.erasures.propose(officer, wanted, "request")


async def test_the_house_knows_them_as_a_source_and_as_what_can_be_erased(office: Office) -> None:
    assert "exchange" in {s.name for s in office.privacy.findings._sources}
    assert "exchange" in {e.kind for e in office.privacy.erasers}
