"""Names, denial, direction and words of a sentence held against its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.assist.checks import CheckName
from lionrock.assist.summaries.checking import checked, held
from lionrock.assist.summaries.names import unfounded_names
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import RunContext
from lionrock.kernel.database import Database
from tests.building import house_of

SOURCE = (
    "The HKMA approved the merger of Harbour Bank and Peak Bank on 3 May 2024, "
    "and deposits rose by 5%."
)


@pytest.mark.parametrize(
    ("sentence", "source", "faults"),
    [
        ("The HKMA approved the merger of Harbour Bank.", SOURCE, []),
        ("The SFC approved the merger.", SOURCE, ["SFC"]),
        ("The HKMA approved the merger with Barclays.", SOURCE, ["Barclays"]),
        ("A senior executive should approve the merger.", SOURCE, ["executive"]),
        ("The HKMA's approval covers Harbour Banks.", SOURCE, []),
        ("HKMA於香港批准合併。", "The HKMA approved it in Hong Kong.", []),
        ("SFC批准合併。", "The HKMA approved it.", ["SFC"]),
        ("《銀行業條例》規定須申報。", "The Banking Ordinance requires reports.", ["銀行業條例"]),
        ("金管局批准合併。", "The HKMA approved the merger.", []),
        ("The HKMA approved it in Hong Kong.", "金管局在香港批准此事。", []),
        ("Barclays approved it.", "一間銀行批准此事。", []),
        ("It was approved by Barclays.", "一間銀行批准此事。", ["Barclays"]),
    ],
)
def test_names_that_the_source_does_not_hold_are_told(
    sentence: str, source: str, faults: list[str]
) -> None:
    assert unfounded_names(sentence, source) == faults


def test_a_form_of_the_glossary_is_a_name_of_the_source() -> None:
    source = "The Banking Ordinance requires reports."
    assert not unfounded_names("《銀行業條例》規定須申報。", source, ["銀行業條例"])


@pytest.fixture
async def run(database: Database, actor: Actor, tmp_path: Path) -> RunContext:
    async with house_of(database, actor, tmp_path, working=False) as house:
        return house.context(actor)


@pytest.mark.parametrize(
    ("sentence", "failing"),
    [
        ("The HKMA approved the merger of Harbour Bank and Peak Bank on 3 May 2024.", None),
        (
            "The HKMA approved the merger of Harbour Bank and Peak Bank on 4 May 2024.",
            CheckName.DATES,
        ),
        ("The HKMA approved the merger as deposits rose by 6%.", CheckName.FIGURES),
        ("The SFC approved the merger of Harbour Bank and Peak Bank.", CheckName.NAMES),
        ("The HKMA did not approve the merger of Harbour Bank and Peak Bank.", CheckName.NEGATION),
        ("The HKMA approved the merger, and deposits fell by 5%.", CheckName.NEGATION),
        ("The merger makes loans dearer, tellers sadder and branches emptier.", CheckName.SUPPORT),
        ("金管局批准合併。", CheckName.SCRIPT),
    ],
)
async def test_each_planted_fault_fails_its_check(
    run: RunContext, sentence: str, failing: CheckName | None
) -> None:
    found = await checked(run, sentence, SOURCE, "en")
    assert held(found) == (failing is None)
    assert {c.name for c in found if not c.held} == ({failing} if failing else set())


async def test_simplified_characters_fail_where_traditional_are_wanted(run: RunContext) -> None:
    source = "銀行須於三年內備存紀錄。"
    assert held(await checked(run, "銀行須備存紀錄三年。", source, "zh-Hant"))
    found = await checked(run, "银行须备存纪录三年。", source, "zh-Hant")
    assert [c.name for c in found if not c.held] == [CheckName.SCRIPT]


async def test_an_english_word_left_in_chinese_fails(run: RunContext) -> None:
    source = "The HKMA has a general objective to promote the safety of the banking system."
    found = await checked(run, "HKMA的目標是 promote 銀行系統的安全。", source, "zh-Hant")
    assert [c.faults for c in found if c.name is CheckName.SCRIPT] == [["promote"]]


async def test_uncertainty_is_no_denial(run: RunContext) -> None:
    found = await checked(
        run, "疫情帶來不明朗因素。", "The epidemic brought uncertainty.", "zh-Hant"
    )
    assert [c.faults for c in found if c.name is CheckName.NEGATION] == [[]]
