"""Going on with a translation: segments edited, checked again, accepted or refused, saved as files."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import openpyxl
import pytest
from docx import Document as WordDocument

from lionrock.app import House
from lionrock.assist.checks import CheckName
from lionrock.assist.docx import segments as docx_segments
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.memory import tmx
from lionrock.assist.translate.memory.service import Memory
from lionrock.assist.translate.personal import MemoryData, TranslationData
from lionrock.assist.translate.schemas import Acceptance, Origin, Segment, Translation
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.identifiers import Identifier
from lionrock.kernel.privacy.sources import Person
from tests.assist.translate.desk import BREACH, RIGHT, by_source, desk, failed, in_turn, translated
from tests.building import chunks, settled
from tests.fakes import ScriptedEngine

WRONG = RIGHT.replace("14", "40")


def of(made: Translation) -> UUID:
    assert made.translation is not None
    return made.translation


async def edit(house: House, actor: Actor, made: Translation, target: str) -> Segment:
    return await house.of(Translations).edit(actor, of(made), 1, target)


async def accept(house: House, actor: Actor, made: Translation, **given: str) -> Segment:
    return await house.of(Translations).accept(actor, of(made), 1, Acceptance(**given))


async def test_checks_run_again_on_what_a_person_writes(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(WRONG)) as house:
        made = await translated(house, actor, BREACH)
        mended = await edit(house, actor, made, RIGHT)
        spoiled = await edit(house, actor, made, RIGHT.replace("12(3)", "13(2)"))
    assert failed(mended) <= {CheckName.NAMES} and mended.origin is Origin.PERSON
    assert CheckName.REFERENCES in failed(spoiled)


async def test_wrong_figures_and_references_are_not_accepted(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(WRONG)) as house:
        made = await translated(house, actor, BREACH)
        with pytest.raises(Conflict, match="figures: 14 days, 40日"):
            await accept(house, actor, made)
        with pytest.raises(Conflict, match="references"):
            await accept(house, actor, made, target=RIGHT.replace("12(3)", "13(2)"))
        right = await accept(house, actor, made, target=RIGHT)
        kept = await house.of(Translations).segments(actor, of(made))
    assert right.accepted and right.meant == "" and kept.accepted == 1


async def test_a_difference_that_is_meant_is_accepted_with_its_reason_and_on_record(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(WRONG)) as house:
        made = await translated(house, actor, BREACH)
        one = await accept(house, actor, made, meant="The source has a misprint.")
        again = (await house.of(Translations).segments(actor, of(made))).segments[0]
        rows = await events(database, actor, "translation:segment:accept")
        changed = await edit(house, actor, made, RIGHT)
    assert one.accepted and again.meant == "The source has a misprint."
    assert '"meant":true' in rows[0].replace(" ", "") and "figures" in rows[0]
    assert "misprint" not in rows[0]
    assert not changed.accepted and changed.meant == ""


async def events(database: Database, actor: Actor, name: str) -> list[str]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT p.payload::text FROM events e JOIN event_payloads p"
            " ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id) WHERE e.tenant_id = $1 AND e.event = $2",
            *(actor.tenant_id, name),
        )
    return [row["payload"] for row in rows]


async def test_what_is_not_translated_cannot_be_accepted(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path) as house:
        made = await translated(house, actor, BREACH)
        with pytest.raises(Conflict, match="not translated yet"):
            await accept(house, actor, made)
        by_hand = await accept(house, actor, made, target=RIGHT)
    assert by_hand.accepted and by_hand.origin is Origin.PERSON


async def test_a_translation_is_its_members_own(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(RIGHT)) as house:
        made = await translated(house, actor, BREACH)
        other = replace(actor, id=uuid4())
        with pytest.raises(NotFound):
            await house.of(Translations).segments(other, of(made))
        with pytest.raises(NotFound):
            await edit(house, other, made, RIGHT)


async def test_where_nothing_is_kept_no_translation_is(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(RIGHT)) as house:
        made = await translated(house, replace(actor, zero_retention=True), BREACH)
    assert made.translation is None and made.segments[0].target == RIGHT
    async with database.tenant_session(actor) as db:
        counts = [
            await db.fetchval(f"SELECT count(*) FROM {table} WHERE tenant_id = $1", actor.tenant_id)
            for table in ("translations", "translation_segments")
        ]
    assert counts == [0, 0]


async def test_files_hold_what_people_have_changed(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(WRONG)) as house:
        made = await translated(house, actor, f"=1+1\n\n{BREACH}")
        await house.of(Translations).edit(actor, of(made), 2, RIGHT)
        run = house.context(actor)
        files = {name: await made.file(run, name) for name in made.formats}
    assert files["md"].decode() == f"=1+1\n\n{RIGHT}\n"
    [copied, pair], bad = tmx.read(files["tmx"])
    assert (pair.source, pair.target, bad) == (BREACH, RIGHT, []) and copied.target == "=1+1"
    sheet = openpyxl.load_workbook(BytesIO(files["xlsx"])).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]  # type: ignore[union-attr]
    assert rows[1][2] == "'=1+1" and rows[2][2:4] == [BREACH, RIGHT]
    table = WordDocument(BytesIO(files["docx"])).tables[0]
    assert [table.rows[2].cells[1].text, RIGHT in table.rows[2].cells[2].text] == [BREACH, True]


async def test_a_word_document_comes_back_with_its_structure(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    word = WordDocument()
    word.add_heading("Reports", 1)
    paragraph = word.add_paragraph("Banks must report ")
    paragraph.add_run("within 14 days").bold = True
    paragraph.add_run(".")
    cell = word.add_table(1, 1).cell(0, 0)
    cell.text = "Staff must be trained."
    data = BytesIO()
    word.save(data)
    answers = {
        "Reports": "報告", "Banks must report within 14 days.": "銀行須於14日內報告。",
        "Staff must be trained.": "職員須受訓。",
    }  # fmt: skip
    async with desk(database, actor, tmp_path, ScriptedEngine(by_source(answers))) as house:
        added = await house.documents.add(actor, "note.docx", chunks(data.getvalue()))
        house.ingest.wake()
        await settled(house, actor, added)
        made = await translated(house, actor, document=added.document_id)
        back = await made.file(house.context(actor), "docx")
    assert [(s.kind, s.text) for s in docx_segments(back)] == [
        ("heading", "報告"), ("paragraph", "銀行須於14日內報告。"), ("cell", "職員須受訓。"),
    ]  # fmt: skip


async def test_privacy_work_finds_a_person_in_translations_and_memory(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    source = "Wong Siu-ming must report."
    async with desk(database, actor, tmp_path, in_turn("Wong Siu-ming須報告。")) as house:
        made = await translated(house, actor, source)
        await accept(house, actor, made)
        name = Identifier(kind="name", value="Wong Siu-ming")
        person, matcher = Person(uuid4(), (name,)), Matcher([name])
        kinds = (
            TranslationData(database, house.of(Translations)),
            MemoryData(database, house.of(Memory)),
        )
        for kind in kinds:
            [found] = [f async for f in kind.find(actor, person, matcher)]
            assert "Wong" in found.excerpt
            async with database.tenant_session(actor) as db:
                described = await kind.describe(db, actor, found.target)
                assert described and described.facts["kind"] == kind.kind
                await kind.erase_rows(db, actor, found.target)
                assert await kind.describe(db, actor, found.target) is None
