"""A range gives the same wherever it is searched for and however the whole is split."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.errors import Conflict, Unavailable
from lionrock.screening.entity_json import told
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.registry.engine import engine_version
from lionrock.screening.registry.screens import RANGE, ranges, searched
from lionrock.screening.scale.ranges import _opened, digest_of, likely, packed
from tests.screening.scale.names import index_in, people

ASKED = people(30, 2)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EntityIndex]:
    folder = tmp_path_factory.mktemp("built") / "index"
    return folder, index_in(folder)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another machine's place for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path


class Sent:
    def __init__(self, folder: Path) -> None:
        self.folder, self.times = folder, 0

    def __call__(self) -> bytes:
        self.times += 1
        return packed(self.folder)


@settings(max_examples=25, deadline=None)
@given(cuts=st.sets(st.integers(1, len(ASKED) - 1)), threshold=st.sampled_from([0.3, 0.5, 0.9]))
def test_results_do_not_depend_on_the_split_nor_on_who_searches(
    built: tuple[Path, EntityIndex], cuts: set[int], threshold: float
) -> None:
    folder, index = built
    whole = searched(index, ASKED, threshold)
    ends = [0, *sorted(cuts), len(ASKED)]
    found = []
    # The last range first, each on a machine of its own, and without references.
    for first, last in reversed(list(pairwise(ends))):
        bare = [{**told(q), "id": ""} for q in ASKED[first:last]]
        with tempfile.TemporaryDirectory() as other, pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", other)
            given = (engine_version(), digest_of(folder), threshold)
            found.append(likely(*given, bare, Sent(folder)))
    assert [ids for part in reversed(found) for ids in part] == whole
    assert any(whole) or threshold > 0.5


def test_a_whole_is_cut_into_ranges_that_leave_nobody_out() -> None:
    for count in (0, 1, RANGE - 1, RANGE, RANGE + 1, 3 * RANGE):
        cut = list(ranges(range(count)))
        assert [n for part in cut for n in part] == list(range(count))
        assert all(0 < len(part) <= RANGE for part in cut)


def test_an_index_is_sent_once_and_kept_from_others(
    built: tuple[Path, EntityIndex], machine: Path
) -> None:
    sent = Sent(built[0])
    for _ in range(3):
        likely(engine_version(), digest_of(built[0]), 0.5, [told(ASKED[0])], sent)
    (shelf,) = machine.iterdir()
    assert sent.times == 1 and shelf.stat().st_mode & 0o077 == 0
    assert [p.name for p in shelf.iterdir()] == [digest_of(built[0])]


def test_a_copy_that_was_changed_is_not_read_and_comes_anew(
    built: tuple[Path, EntityIndex], machine: Path
) -> None:
    sent, digest = Sent(built[0]), digest_of(built[0])
    likely(engine_version(), digest, 0.5, [], sent)
    (shelf,) = machine.iterdir()
    file = next(f for f in (shelf / digest).iterdir() if f.stat().st_size)
    file.write_bytes(b"x" + file.read_bytes()[1:])
    _opened.cache_clear()  # as a process that starts
    with pytest.raises(Unavailable, match="damaged"):
        likely(engine_version(), digest, 0.5, [], sent)
    likely(engine_version(), digest, 0.5, [], sent)
    assert sent.times == 2


def test_an_index_that_is_not_the_one_named_is_not_kept(
    built: tuple[Path, EntityIndex], machine: Path
) -> None:
    with pytest.raises(Unavailable, match="not the one"):
        likely(engine_version(), "0" * 64, 0.5, [], Sent(built[0]))
    (shelf,) = machine.iterdir()
    assert list(shelf.iterdir()) == []


def test_another_engine_searches_for_nobody(built: tuple[Path, EntityIndex], machine: Path) -> None:
    with pytest.raises(Conflict, match="engine"):
        likely("another", digest_of(built[0]), 0.5, [], Sent(built[0]))


def test_a_folder_that_others_could_write_to_is_not_used(
    built: tuple[Path, EntityIndex], machine: Path
) -> None:
    likely(engine_version(), digest_of(built[0]), 0.5, [], Sent(built[0]))
    (shelf,) = machine.iterdir()
    shelf.chmod(0o777)
    with pytest.raises(Unavailable, match="open to others"):
        likely(engine_version(), digest_of(built[0]), 0.5, [], Sent(built[0]))
