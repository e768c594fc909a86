from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lionrock.search.filters import Scope
from lionrock.search.lexical import Entry, LexicalIndex
from lionrock.search.tokens import terms


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    return LexicalIndex(tmp_path / "index")


def entry(text: str, version: UUID, collection: UUID | None = None, heading: str = "") -> Entry:
    return Entry(uuid4(), version, collection or uuid4(), heading, text)


def test_the_rarer_word_counts_more(index: LexicalIndex) -> None:
    version = uuid4()
    rare = entry("the zebra policy", version)
    index.add(version, [rare, *(entry(f"policy number {i}", version) for i in range(20))])
    assert index.search(terms("zebra policy"), 3)[0][0] == rare.passage_id


def test_a_question_in_simplified_finds_traditional_text(index: LexicalIndex) -> None:
    version = uuid4()
    wanted = entry("客戶盡職審查紀錄須備存最少五年。", version)
    index.add(version, [wanted, entry("銀行營業時間為上午九時。", version)])
    assert index.search(terms("尽职审查纪录"), 3)[0][0] == wanted.passage_id


def test_indexing_a_version_again_replaces_it(index: LexicalIndex) -> None:
    version = uuid4()
    for _ in range(3):
        index.add(version, [entry("same words", version)])
    assert len(index) == 1


def test_a_removed_version_is_found_no_more(index: LexicalIndex) -> None:
    version, other = uuid4(), uuid4()
    index.add(version, [entry("secret words", version)])
    index.add(other, [entry("other words", other)])
    index.remove(version)
    assert len(index.search(terms("secret words"), 5)) == 1
    assert len(index) == 1


def test_only_the_chosen_collections_are_searched(index: LexicalIndex) -> None:
    version, here, there = uuid4(), uuid4(), uuid4()
    mine = entry("fee schedule", version, here)
    index.add(version, [mine, entry("fee schedule", version, there)])
    assert [i for i, _ in index.search(terms("fee"), 5, Scope((here,)))] == [mine.passage_id]


def test_an_index_is_there_again_after_a_restart(tmp_path: Path) -> None:
    version = uuid4()
    first = LexicalIndex(tmp_path / "index")
    first.add(version, [entry("kept words", version)])
    first.close()
    del first
    again = LexicalIndex(tmp_path / "index")
    assert not again.fresh
    assert len(again.search(terms("kept"), 5)) == 1


def test_an_index_of_another_format_is_made_anew(tmp_path: Path) -> None:
    version = uuid4()
    first = LexicalIndex(tmp_path / "index")
    first.add(version, [entry("old words", version)])
    first.close()
    del first
    (tmp_path / "index" / "format").write_text("0")
    again = LexicalIndex(tmp_path / "index")
    assert again.fresh
    assert len(again) == 0


def test_a_question_of_nothing_finds_nothing(index: LexicalIndex) -> None:
    assert index.search([], 5) == []
    assert index.search(terms("的？"), 5) == []


def test_a_damaged_directory_is_rebuilt(tmp_path: Path) -> None:
    first = LexicalIndex(tmp_path / "index")
    first.close()
    del first
    shutil.rmtree(tmp_path / "index")
    assert LexicalIndex(tmp_path / "index").fresh
