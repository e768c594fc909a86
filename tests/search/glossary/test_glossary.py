"""The glossary of a tenant: kept sealed, changed with an event, used by its searches alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lionrock.app import House
from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.search.glossary.schemas import Decision, Mining, NewEntry
from tests.building import house_of, taught

OWNER = NewEntry(terms={"en": ["beneficial owner"], "zh-Hant": ["實益擁有人"]})
SAID = [
    (
        "Customers expect customer due diligence before an account is opened.",
        "開戶前客戶須接受客戶盡職審查。",
    ),
    ("A branch records customer due diligence on paper.", "分行以書面記錄客戶盡職審查。"),
    ("Auditors test how customer due diligence works.", "核數師測試客戶盡職審查的成效。"),
    ("Without customer due diligence no broker may trade.", "經紀若無客戶盡職審查不得買賣。"),
    ("A branch closes at noon on Saturdays.", "分行逢星期六中午關門。"),
    ("Auditors visit twice.", "核數師到訪兩次。"),
]


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        yield opened


async def events(house: House, actor: Actor) -> list[str]:
    async with house.database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT event FROM events WHERE tenant_id = $1 ORDER BY id", actor.tenant_id
        )
    return [r["event"] for r in rows if r["event"].startswith("glossary")]


async def test_an_entry_is_added_changed_and_removed(house: House, actor: Actor) -> None:
    glossary = house.search.glossary
    made = await glossary.add(actor, OWNER)
    with pytest.raises(Conflict):
        await glossary.add(actor, OWNER)
    changed = NewEntry(terms={"en": ["beneficial owner", "BO"], "zh-Hant": ["實益擁有人"]})
    await glossary.change(actor, made.id, changed)
    assert (await glossary.entries(actor, containing="实益")).entries[0].terms == changed.terms
    await glossary.remove(actor, made.id)
    assert (await glossary.entries(actor)).total == 0
    assert await events(house, actor) == [
        "glossary:entry:add", "glossary:entry:change", "glossary:entry:remove",
    ]  # fmt: skip


async def test_what_is_kept_is_sealed(house: House, actor: Actor) -> None:
    await house.search.glossary.add(actor, OWNER)
    async with house.database.tenant_session(actor) as db:
        body = await db.fetchval(
            "SELECT body FROM glossary_entries WHERE tenant_id = $1", actor.tenant_id
        )
    assert "實益".encode() not in body and b"owner" not in body


async def test_a_stranger_sees_and_changes_nothing(
    house: House, actor: Actor, stranger: Actor
) -> None:
    made = await house.search.glossary.add(actor, OWNER)
    assert (await house.search.glossary.entries(stranger)).total == 0
    for attempt in (
        house.search.glossary.get(stranger, made.id),
        house.search.glossary.change(stranger, made.id, OWNER),
        house.search.glossary.remove(stranger, made.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_file_with_bad_rows_is_taken_in_only_when_told_so(
    house: House, actor: Actor
) -> None:
    data = "en,zh\nfee,費用\nalone,\nfee,費用\n".encode()
    with pytest.raises(InvalidInput, match="row 3"):
        await house.search.glossary.take_in(actor, data)
    assert (await house.search.glossary.entries(actor)).total == 0
    preview = await house.search.glossary.preview(actor, data)
    assert (preview.good, preview.new, len(preview.bad)) == (2, 1, 1)
    taken = await house.search.glossary.take_in(actor, data, skip_bad=True)
    assert (taken.added, taken.known, len(taken.bad)) == (1, 1, 1)


async def test_an_english_question_finds_chinese_text_by_the_glossary_and_says_so(
    house: House, actor: Actor
) -> None:
    await taught(house, actor, "rules.md", "# 規則\n\n銀行須識別每名實益擁有人的身分。\n")
    await taught(house, actor, "other.md", "# 其他\n\n分行於公眾假期休息。\n")
    before = await house.search.passages(actor, "beneficial owner identity")
    assert not any(hit.glossary for hit in before)
    await house.search.glossary.add(actor, OWNER)
    first = (await house.search.passages(actor, "beneficial owner identity"))[0]
    assert "實益擁有人" in first.passage.text and first.lexical > 0
    assert [(u.found, u.also) for u in first.glossary] == [("beneficial owner", ["實益擁有人"])]


def side(of: int) -> str:
    return "# A\n\n" + "\n\n".join(f"{n}. {pair[of]}" for n, pair in enumerate(SAID, 1))


async def mined(house: House, actor: Actor) -> tuple[UUID, list[UUID]]:
    english = await taught(house, actor, "en.md", side(0))
    chinese = await taught(house, actor, "zh.md", side(1))
    found = await house.search.candidates.mine(actor, Mining(first=chinese.id, second=english.id))
    assert found.aligned and found.found
    waiting = (await house.search.candidates.waiting(actor)).candidates
    assert {(c.first_document, c.second_document) for c in waiting} == {(english.id, chinese.id)}
    assert any("diligence" in c.first and "盡職審查" in c.second for c in waiting)
    return chinese.id, [c.id for c in waiting]


async def test_a_mined_pair_counts_once_a_person_accepts_it(house: House, actor: Actor) -> None:
    _, waiting = await mined(house, actor)
    assert (await house.search.glossary.entries(actor)).total == 0
    accept = Decision(candidates=waiting[:1], accept=True)
    assert (await house.search.candidates.decide(actor, accept)).added == 1
    with pytest.raises(Conflict):
        await house.search.candidates.decide(actor, accept)
    assert (await house.search.glossary.entries(actor)).total == 1


async def test_a_refused_pair_is_not_proposed_again(house: House, actor: Actor) -> None:
    chinese, waiting = await mined(house, actor)
    english = next(d.id for d in await house.documents.list(actor) if d.id != chinese)
    await house.search.candidates.decide(actor, Decision(candidates=waiting, accept=False))
    again = await house.search.candidates.mine(actor, Mining(first=english, second=chinese))
    assert again.found == 0
    assert (await house.search.candidates.waiting(actor)).candidates == []
    assert (await house.search.glossary.entries(actor)).total == 0
    assert "glossary:candidate:refuse" in await events(house, actor)


async def test_candidates_go_with_their_document(house: House, actor: Actor) -> None:
    chinese, waiting = await mined(house, actor)
    await house.documents.remove(actor, chinese)
    assert (await house.search.candidates.waiting(actor)).candidates == []
    with pytest.raises(NotFound):
        await house.search.candidates.decide(actor, Decision(candidates=waiting[:1], accept=True))


async def test_only_documents_of_ones_own_are_mined(
    house: House, actor: Actor, stranger: Actor
) -> None:
    english = await taught(house, actor, "en.md", side(0))
    with pytest.raises(NotFound):
        await house.search.candidates.mine(stranger, Mining(first=english.id, second=uuid4()))
    with pytest.raises(InvalidInput, match="twice"):
        await house.search.candidates.mine(actor, Mining(first=english.id, second=english.id))
