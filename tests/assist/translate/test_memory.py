"""The translation memory: fed by accepted segments, reused exactly and nearly, TMX in and out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.app import House
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.memory import tmx
from lionrock.assist.translate.memory.lookup import Lookup
from lionrock.assist.translate.memory.schemas import Pair, Units
from lionrock.assist.translate.memory.service import Memory
from lionrock.assist.translate.schemas import Acceptance, Into, Origin, Translation
from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.collections import NewCollection, create
from lionrock.kernel.database import Database
from tests.assist.translate.desk import BREACH, RIGHT, desk, in_turn, translated
from tests.building import chunks, settled, taught

PAIR = Pair(
    source_language="en", into="zh-Hant", source="Banks must report.", target="銀行須報告。"
)


async def units(house: House, actor: Actor) -> Units:
    return await house.of(Memory).units(actor)


async def accept(house: House, actor: Actor, made: Translation, **given: str) -> None:
    assert made.translation
    await house.of(Translations).accept(actor, made.translation, 1, Acceptance(**given))


async def test_an_accepted_segment_is_used_again_without_the_model(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, engine := in_turn(RIGHT)) as house:
        await accept(house, actor, await translated(house, actor, BREACH))
        asked = len(engine.requests)
        [again] = (await translated(house, actor, BREACH)).segments
        [unit] = (await units(house, actor)).units
    assert again.origin is Origin.MEMORY and again.target == RIGHT
    assert again.match and again.match.score == 1 and len(engine.requests) == asked
    assert unit.accepted_by == actor.id and unit.source == BREACH


async def test_a_near_match_is_shown_with_its_score_and_given_to_the_model_as_example(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, engine := in_turn(RIGHT)) as house:
        await accept(house, actor, await translated(house, actor, BREACH))
        [near] = (await translated(house, actor, BREACH.replace("14", "21"))).segments
    assert near.origin is Origin.MODEL and near.match
    assert near.match.source == BREACH and 0.9 < near.match.score < 1
    assert engine.requests[-2].messages[1]["content"] == BREACH
    assert engine.requests[-1].messages[3]["content"] == BREACH


async def test_without_a_model_the_memory_still_works(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path) as house:
        await house.of(Memory).take_in(actor, b"".join(tmx.write([PAIR])))
        made = await translated(house, actor, "Banks must report. Staff must be trained.")
        back = await translated(house, actor, "银行须报告。", Into.ENGLISH)
    assert [s.origin for s in made.segments] == [Origin.MEMORY, Origin.NONE]
    assert back.segments[0].target == "Banks must report."


async def test_of_the_same_words_the_latest_translation_counts(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn("銀行須報告。")) as house:
        made = await translated(house, actor, "Banks must report.")
        await accept(house, actor, made)
        await accept(house, actor, made, target="銀行須作出報告。")
        kept = await units(house, actor)
    assert [u.target for u in kept.units] == ["銀行須作出報告。"]


async def test_what_came_of_a_document_goes_with_it(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn("銀行須報告。")) as house:
        document = await taught(house, actor, "note.md", "Banks must report.")
        await accept(house, actor, await translated(house, actor, document=document.id))
        [unit] = (await units(house, actor)).units
        await house.documents.remove(actor, document.id)
        assert (await units(house, actor)).units == []
    assert unit.document_id == document.id


async def test_what_came_of_a_closed_collection_is_not_found_by_others(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn("銀行須報告。")) as house:
        closed = NewCollection(name="Closed", restricted=True, access_members=[actor.id])
        await create(database, actor, closed)
        added = await house.documents.add(
            actor, "note.md", chunks(b"Banks must report."), collection="Closed"
        )
        house.ingest.wake()
        await settled(house, actor, added)
        await accept(house, actor, await translated(house, actor, document=added.document_id))
        other = await colleague(database, actor)
        [theirs] = (await translated(house, other, "Banks must report.")).segments
        [ours] = (await translated(house, actor, "Banks must report.")).segments
    assert theirs.origin is Origin.MODEL and ours.origin is Origin.MEMORY


async def colleague(database: Database, actor: Actor) -> Actor:
    made = UUID(int=actor.id.int ^ 1)
    async with database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO members (tenant_id, id, roles) VALUES ($1, $2, '{analyst}')",
            *(actor.tenant_id, made),
        )
    roles = frozenset({Role.ANALYST})
    return Actor(actor.tenant_id, made, ActorKind.MEMBER, roles, "general")


async def test_units_are_listed_searched_and_removed(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path) as house:
        memory = house.of(Memory)
        other = PAIR.model_copy(
            update={"source": "Staff must be trained.", "target": "職員須受訓。"}
        )
        taken = await memory.take_in(actor, b"".join(tmx.write([PAIR, other])))
        again = await memory.take_in(actor, b"".join(tmx.write([PAIR])))
        found = await memory.units(actor, containing="职员")
        await memory.remove(actor, found.units[0].id)
        with pytest.raises(NotFound):
            await memory.remove(actor, found.units[0].id)
        left = await units(house, actor)
        with pytest.raises(Forbidden):
            await memory.units(replace(actor, roles=frozenset({Role.AUDITOR})))
    assert (taken.added, again.added, again.known) == (2, 0, 1)
    assert [u.source for u in left.units] == ["Banks must report."]


async def test_a_file_with_bad_units_is_refused_whole_unless_they_are_left_out(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    data = b"".join(tmx.write([PAIR])).replace(
        b"<body>", b"<body><tu><tuv xml:lang='fr'><seg>x</seg></tuv></tu>"
    )
    async with desk(database, actor, tmp_path) as house:
        memory = house.of(Memory)
        with pytest.raises(InvalidInput, match="no two languages"):
            await memory.take_in(actor, data)
        taken = await memory.take_in(actor, data, skip_bad=True)
    assert taken.added == 1 and len(taken.bad) == 1


async def test_a_pair_whose_figures_differ_from_the_sources_is_not_reused(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    wrong = Pair(
        source_language="en", into="zh-Hant", source="Within 14 days.", target="於40日內。"
    )
    async with desk(database, actor, tmp_path) as house:
        await house.of(Memory).take_in(actor, b"".join(tmx.write([wrong])))
        [one] = (await translated(house, actor, "Within 14 days.")).segments
    assert one.origin is Origin.NONE and one.match and one.match.score == 1


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufffe\uffff"),
    min_size=1, max_size=60,
).filter(lambda t: bool(t.strip()))  # fmt: skip
languages = st.sampled_from(["en", "zh-Hant", "zh-Hans", "yue"])
pairs = st.builds(Pair, source_language=languages, into=languages, source=words, target=words)


@given(st.lists(pairs, max_size=5))
def test_what_is_written_is_read_again(kept: list[Pair]) -> None:
    assert tmx.read(b"".join(tmx.write(kept))) == (kept, [])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        tmx.read(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]><tmx>&x;</tmx>', "entities"),
        (b'<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><tmx>&b;</tmx>', "entities"),
        (b"<martif/>", "no TMX"),
        (b"<tmx>", "not well-formed"),
    ],
)
def test_a_hostile_file_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        tmx.read(data)


def test_codes_of_other_tools_are_left_out_of_segments() -> None:
    said = '<tuv xml:lang="en"><seg>Read <bpt i="1">&lt;b&gt;</bpt>all<ept i="1">x</ept> <hi>of it</hi>.</seg></tuv>'
    data = f'<tmx version="1.4"><body><tu>{said}<tuv xml:lang="zh-HK"><seg>全讀。</seg></tuv></tu></body></tmx>'
    [pair], bad = tmx.read(data.encode())
    assert pair.source == "Read all of it." and pair.into == "zh-Hant" and not bad


@given(st.lists(pairs, min_size=1, max_size=8))
def test_every_pair_kept_is_found_again(kept: list[Pair]) -> None:
    last = kept[-1]
    match = Lookup(kept, last.source_language, last.into).find(last.source)
    assert match is not None and match.score == 1


async def test_nothing_wrong_enters_the_memory(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(RIGHT.replace("14", "40"))) as house:
        made = await translated(house, actor, BREACH)
        with pytest.raises(Conflict, match="14 days"):
            await accept(house, actor, made)
        assert (await units(house, actor)).units == []
