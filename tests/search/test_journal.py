from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.search import lexical
from lionrock.search.journal import Journal
from lionrock.search.lexical import LexicalIndex
from tests.search.test_lexical import entry


def test_it_knows_what_it_was_told(tmp_path: Path) -> None:
    kept, gone = uuid4(), uuid4()
    journal = Journal(tmp_path / "j")
    journal.begin([kept, gone])
    journal.end(added=[(kept, 3, 10), (gone, 4, 5)])
    journal.begin([gone])
    journal.end(removed=[gone])
    again = Journal(tmp_path / "j")
    assert (again.editions, again.total, again.unsure) == ({kept: 3}, 10, set())


def test_what_was_begun_and_not_ended_is_unsure(tmp_path: Path) -> None:
    sure, unsure = uuid4(), uuid4()
    journal = Journal(tmp_path / "j")
    journal.begin([sure, unsure])
    journal.end(added=[(sure, 1, 2), (unsure, 1, 3)])
    journal.begin([unsure])
    for _ in range(2):  # reading it does not make it sure
        again = Journal(tmp_path / "j")
        assert (again.editions, again.total, again.unsure) == ({sure: 1}, 2, {unsure})


def test_half_a_line_is_no_line(tmp_path: Path) -> None:
    version = uuid4()
    journal = Journal(tmp_path / "j")
    journal.begin([version])
    journal.end(added=[(version, 1, 123)])
    data = (tmp_path / "j").read_bytes()
    for cut in range(len(data)):
        (tmp_path / "j").write_bytes(data[:cut])
        again = Journal(tmp_path / "j")
        assert again.editions == {} and again.total == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_version_of_which_the_commit_is_not_known_is_indexed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    kept, broken = uuid4(), uuid4()
    index = LexicalIndex(tmp_path / "i")
    index.add(kept, [entry("kept words", kept)], 1)

    def stopped(self: LexicalIndex) -> None:
        if when == "after":
            self._writer.commit()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LexicalIndex, "_commit", stopped)
        with pytest.raises(KeyboardInterrupt):
            index.add(broken, [entry("broken words", broken)], 1)
    del index
    again = LexicalIndex(tmp_path / "i")
    assert again.editions == {kept: 1} and len(again) == 1
    again.add(broken, [entry("broken words", broken)], 1)
    assert len(again) == 2


def test_an_index_without_its_journal_is_emptied(tmp_path: Path) -> None:
    version = uuid4()
    index = LexicalIndex(tmp_path / "i")
    index.add(version, [entry("words", version)])
    index.close()
    del index
    (tmp_path / "i" / "versions").unlink()
    again = lexical.LexicalIndex(tmp_path / "i")
    assert len(again) == 0 and again.editions == {}
