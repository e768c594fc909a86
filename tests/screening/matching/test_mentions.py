"""Names in a free text: measured against screening every stretch of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.payments.windows import AllWindows
from tests.screening.matching.making import CHINESE, LATIN, company, person
from tests.screening.matching.test_index import numbered

_COMPANIES = ["Blue Kite Trading Limited", "藍鳶貿易有限公司", "Vostok Drilling OOO", "Al Gidi"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> EntityIndex:
    folder: Path = tmp_path_factory.mktemp("mentions") / "index"
    listed = [person(n) for n in CHINESE + LATIN] + [company(n) for n in _COMPANIES]
    EntityIndex.build(numbered(listed), folder)
    return EntityIndex.open(folder)


def named(index: EntityIndex, text: str) -> list[str]:
    return [text[start:end] for start, end in index.mentions(text)]


def entries(index: EntityIndex, name: str) -> set[str]:
    query = Entity("", Schema.LEGAL_ENTITY, (Name(" ".join(name.split())),))
    return {match.entity_id for match in index.screen(query, limit=1000)}


_TEXTS = [
    "PAYMENT FOR SERVICES INVOICE 2024-113 CHAN TAI MAN REF 99812",
    "/INV/8821 goods for Ivan Sergeevich PETROV via Blue Kite Trading Ltd, thank you",
    "school fee of Zhang Zhiqiang's daughter, from Mohammed Ali Hassan",
    "貨款付予藍鳶貿易有限公司及陳大文先生收",
    "租金 李小明 二月",
    "付款予歐陽娜娜及林家輝",
    "SALARY JUNE KIM CHOL SU AND NGUYEN VAN MINH",
    "J. SMITH / MARIA DE LA CRUZ / ABD AL-RAHMAN SALEH",
    "Wong Mei-ling\nHo Chun Yin",
    "paid to C\u200bHAN Tai Man",
    "ref GIDI AL NASIR",
]


@pytest.mark.parametrize("text", _TEXTS)
def test_every_entry_that_some_stretch_brings_is_brought(index: EntityIndex, text: str) -> None:
    slow = {
        e for start, end in AllWindows().mentions(text) for e in entries(index, text[start:end])
    }
    fast = {e for start, end in index.mentions(text) for e in entries(index, text[start:end])}
    assert slow and slow <= fast


@pytest.mark.parametrize("text", _TEXTS)
def test_few_stretches_are_named(index: EntityIndex, text: str) -> None:
    assert len(index.mentions(text)) < len(AllWindows().mentions(text)) / 2


def test_the_smallest_stretch_that_holds_the_name_is_given(index: EntityIndex) -> None:
    assert "PETROV, IVAN SERGEEVICH" in named(index, "GOODS FOR PETROV, IVAN SERGEEVICH PER ORDER")
    assert "陳大文" in named(index, "租金付予陳大文先生收")
    assert "藍鳶貿易" in named(index, "貨款付予藍鳶貿易有限公司收")


def test_a_long_text_is_searched_to_its_end(index: EntityIndex) -> None:
    assert "Ivan Petrov" in named(index, "goods and more goods " * 60 + "for Ivan Petrov")


@pytest.mark.parametrize(
    "text", ["", "   ", "/INV/ 2024-113", "INVOICE FOR RENT OF FLAT IN MARCH", "貨款"]
)
def test_a_text_that_names_nobody(index: EntityIndex, text: str) -> None:
    assert index.mentions(text) == []


def test_a_greater_threshold_finds_less(index: EntityIndex) -> None:
    text = "goods for Ivan Petrov"
    assert index.mentions(text)
    assert index.mentions(text, threshold=0.9999999) == []
