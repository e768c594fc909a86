"""Translating, with an engine that says what the test wants it to."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.assist.checks import CheckName
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.schemas import Begun, Into, Origin, Translated
from lionrock.errors import EngineUnavailable, FormBroken, LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.run_records import cited
from lionrock.models.engines import ChatRequest
from tests.assist.translate.desk import (
    BREACH,
    RIGHT,
    by_source,
    desk,
    failed,
    in_turn,
    translated,
    updates,
)
from tests.building import taught
from tests.fakes import ScriptedEngine


async def test_a_sentence_is_translated_and_every_check_holds(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    engine = in_turn(RIGHT)
    async with desk(database, actor, tmp_path, engine, {"HKMA": "金管局"}) as house:
        made = await translated(house, actor, BREACH)
    assert [s.target for s in made.segments] == [RIGHT]
    assert made.failed == 0 and made.model == "scripted" and len(engine.requests) == 1


async def test_a_planted_wrong_figure_is_asked_for_again_and_then_shown(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    wrong = RIGHT.replace("14", "40")
    async with desk(database, actor, tmp_path, engine := in_turn(wrong)) as house:
        [one] = (await translated(house, actor, BREACH)).segments
    assert CheckName.FIGURES in failed(one) and one.target == wrong
    faults = next(c.faults for c in one.checks if c.name is CheckName.FIGURES)
    assert "14 days" in faults and "40日" in faults
    assert len(engine.requests) == 2


async def test_a_wrong_figure_put_right_at_the_second_asking_is_gone(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn(RIGHT.replace("14", "40"), RIGHT)) as house:
        [one] = (await translated(house, actor, BREACH)).segments
    assert one.target == RIGHT and not failed(one) - {CheckName.NAMES}


async def test_a_planted_untranslated_term_is_put_right_where_the_words_were_left(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    engine = in_turn(RIGHT.replace("金管局", " HKMA "))
    async with desk(database, actor, tmp_path, engine, {"HKMA": "金管局"}) as house:
        [one] = (await translated(house, actor, BREACH)).segments
    assert one.target == RIGHT and not failed(one)


TERM = {"countercyclical capital buffer": "逆周期緩衝資本"}
BUFFER = "The countercyclical capital buffer will rise next year."


async def test_a_term_that_keeps_failing_climbs_the_ladder_and_is_then_marked(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    engine = in_turn("有關比率將於明年上調。")
    async with desk(database, actor, tmp_path, engine, TERM) as house:
        [one] = (await translated(house, actor, BUFFER)).segments
    listed, replaced, corrected, formed = engine.requests
    assert "countercyclical capital buffer = 逆周期緩衝資本" in listed.messages[-1]["content"]
    assert replaced.messages[-1]["content"] == "The 逆周期緩衝資本 will rise next year."
    assert corrected.messages[-1]["content"] == (
        f"{BUFFER}\n\nTranslation: 有關比率將於明年上調。\n\nThe translation lacks these terms. Put them "
        "in:\ncountercyclical capital buffer = 逆周期緩衝資本"
    )
    assert formed.json_schema is not None
    assert formed.json_schema["properties"]["translation"]["pattern"] == "^.*逆周期緩衝資本.*$"
    [terms] = [c for c in one.checks if c.name is CheckName.TERMS]
    assert terms.faults == ["countercyclical capital buffer → 逆周期緩衝資本"]


@pytest.mark.parametrize("second", ["金管局表示金管局會匯報。", "金管局表示會匯報。"])
async def test_a_term_said_once_for_twice_is_asked_for_again_and_is_no_fault_if_it_stays(
    database: Database, actor: Actor, tmp_path: Path, second: str
) -> None:
    engine = in_turn("金管局表示會匯報。", second)
    async with desk(database, actor, tmp_path, engine, {"HKMA": "金管局"}) as house:
        made = await translated(house, actor, "The HKMA said that the HKMA will report.")
    [one] = made.segments
    assert one.target == second and CheckName.TERMS not in failed(one)
    assert len(engine.requests) == 2


async def test_a_translation_that_lacks_a_term_is_given_back_to_be_corrected(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    without, right = "有關比率將於明年上調。", "逆周期緩衝資本比率將於明年上調。"
    engine = in_turn(without, without, right)
    async with desk(database, actor, tmp_path, engine, TERM) as house:
        [one] = (await translated(house, actor, BUFFER)).segments
    assert one.target == right and not failed(one) and len(engine.requests) == 3


async def test_a_correction_that_is_the_term_alone_does_not_take_the_translations_place(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    without = "有關比率將於明年上調。"
    engine = in_turn(without, without, "逆周期緩衝資本", "no form")
    async with desk(database, actor, tmp_path, engine, TERM) as house:
        [one] = (await translated(house, actor, f"{BUFFER[:-1]}, as the authority said.")).segments
    assert one.target == without and CheckName.TERMS in failed(one)


async def test_the_form_that_only_fits_with_the_term_is_the_last_step(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    without = "有關比率將於明年上調。"
    engine = in_turn(without, without, without, '{"translation": "逆周期緩衝資本將於明年上調。"}')
    async with desk(database, actor, tmp_path, engine, TERM) as house:
        [one] = (await translated(house, actor, BUFFER)).segments
    assert one.target == "逆周期緩衝資本將於明年上調。" and not failed(one)


async def test_an_answer_that_breaks_the_form_ends_neither_the_segment_nor_the_rest(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    def say(request: ChatRequest) -> str:
        if request.json_schema:
            raise FormBroken("The engine began an answer that does not keep to its form.")
        return RIGHT if "14 days" in request.messages[-1]["content"] else "有關比率將於明年上調。"

    async with desk(database, actor, tmp_path, ScriptedEngine(say), TERM) as house:
        done = (await translated(house, actor, f"{BUFFER}\n\n{BREACH}")).segments
    assert [s.target for s in done] == ["有關比率將於明年上調。", RIGHT]
    assert CheckName.TERMS in failed(done[0])


async def test_a_sentence_that_came_back_in_the_sources_language_is_asked_for_again(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    engine = in_turn("Banks must report the breach.", "銀行須報告違規事項。")
    async with desk(database, actor, tmp_path, engine) as house:
        [one] = (await translated(house, actor, "Banks must report the breach.")).segments
    assert one.target == "銀行須報告違規事項。"
    assert len(engine.requests[1].messages) > len(engine.requests[0].messages)


async def test_simplified_characters_of_the_model_are_written_as_hong_kong_prints_them(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn("银行体系維持稳健。")) as house:
        [one] = (await translated(house, actor, "The banking system remains sound.")).segments
    assert one.target == "銀行體系維持穩健。" and not failed(one)


async def test_between_the_scripts_no_model_is_asked(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path) as house:
        made = await translated(house, actor, "银行须于14日内报告。", Into.TRADITIONAL)
        back = await translated(house, actor, made.segments[0].target, Into.SIMPLIFIED)
    assert made.segments[0].target == "銀行須於14日內報告。"
    assert back.segments[0].target == "银行须于14日内报告。"
    assert made.segments[0].origin is Origin.SCRIPT and made.model is None


async def test_without_a_model_what_cannot_be_translated_is_said_to_be_untranslated(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path) as house:
        made = await translated(house, actor, f"{BREACH}\n\n12 / 2024")
    first, second = made.segments
    assert first.origin is Origin.NONE and first.target == ""
    assert second.origin is Origin.COPIED and second.target == "12 / 2024"
    assert made.note.startswith("1 of 2 segments are not translated: No model here.")
    assert BREACH in made.plain()


async def test_an_engine_that_goes_leaves_the_rest_untranslated(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    engine = ScriptedEngine("銀行 須報告。", EngineUnavailable("It went."))
    async with desk(database, actor, tmp_path, engine) as house:
        made = await translated(house, actor, "Banks must report.\nStaff must be trained.")
    assert made.untranslated == 2 and "It went." in made.note
    assert len(engine.requests) == 1


async def test_cantonese_goes_in_as_written_chinese_and_comes_out_as_cantonese(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    engine = in_turn("Why do banks not lend?", "銀行點解唔借錢畀我哋？")
    async with desk(database, actor, tmp_path, engine) as house:
        english = await translated(house, actor, "點解銀行唔肯借錢？", Into.ENGLISH)
        spoken = await translated(house, actor, "Why do banks not lend to us?", Into.CANTONESE)
    assert english.source_language == "yue" and english.failed == 0
    assert "為什麼" in engine.requests[0].messages[-1]["content"]
    assert spoken.segments[0].target == "銀行點解唔借錢畀我哋？" and spoken.failed == 0


async def test_structure_is_kept(database: Database, actor: Actor, tmp_path: Path) -> None:
    text = "# Reports\n\n1. Banks must report.\n2. Staff must be trained. Records must be kept.\n\nThe end."
    answers = {
        "Reports": "報告", "Banks must report.": "銀行須報告。", "Staff must be trained.": "職員須受訓。",
        "Records must be kept.": "須備存紀錄。", "The end.": "完。",
    }  # fmt: skip
    async with desk(database, actor, tmp_path, ScriptedEngine(by_source(answers))) as house:
        made = await translated(house, actor, text)
    assert made.plain() == "# 報告\n\n1. 銀行須報告。\n2. 職員須受訓。須備存紀錄。\n\n完。"


async def test_segments_stream_one_by_one_and_are_kept_as_they_come(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path, in_turn("銀行須報告。", "職員須受訓。")) as house:
        seen = await updates(house, actor, "Banks must report. Staff must be trained.")
        made = seen[-1]
        kept = await house.context(actor).of(Translations).segments(actor, made.translation)  # type: ignore[attr-defined]
    assert isinstance(seen[1], Begun) and seen[1].segments == 2
    assert [u.segment for u in seen if isinstance(u, Translated)] == kept.segments


async def test_a_document_keeps_its_headings_pages_and_its_id(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    answers = {"Reports": "報告", "Banks must report.": "銀行須報告。"}
    async with desk(database, actor, tmp_path, ScriptedEngine(by_source(answers))) as house:
        document = await taught(house, actor, "note.md", "# Reports\n\nBanks must report.")
        made = await translated(house, actor, document=document.id)
        await house.documents.remove(actor, document.id)
        with pytest.raises(LionrockError):
            await (
                house.context(actor)
                .of(Translations)
                .segments(actor, made.translation or document.id)
            )
    assert made.plain() == "# 報告\n\n銀行須報告。"
    assert {s.page for s in made.segments} == {1}
    assert cited(made.model_dump(mode="json")) == {document.id}


async def test_a_text_in_the_language_asked_for_is_refused(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with desk(database, actor, tmp_path) as house:
        with pytest.raises(LionrockError, match="in that language already"):
            await updates(house, actor, "銀行須報告。", Into.TRADITIONAL)
