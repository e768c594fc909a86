from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lionrock.search import neighbours
from lionrock.search.filters import Scope
from lionrock.search.frame import DIMENSION
from lionrock.search.neighbours import Batch, Neighbours

HERE, THERE = uuid4(), uuid4()
MODEL = "a model"
_ODD = 0x9E3779B97F4A7C15F39CC0605CEDC835


def batch(versions: int = 4, rows: int = 12, seed: int = 0, edition: int = 1) -> Batch:
    """`versions` in turn here and there, each row's passage told by its number; languages 0 to 3."""
    chance = np.random.default_rng(seed)
    base = chance.normal(0.03, 0.05, (8, DIMENSION))
    vectors = base[chance.integers(0, 8, rows)] + chance.normal(0, 0.02, (rows, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages = np.array(
        [np.void(UUID(int=(seed * 10_000 + n + 1) * _ODD % 2**128).bytes) for n in range(rows)]
    )
    return Batch(
        [uuid4() for _ in range(versions)],
        [HERE if n % 2 == 0 else THERE for n in range(versions)],
        [edition] * versions,
        np.sort(chance.integers(0, versions, rows)),
        passages.astype("V16"),
        chance.integers(0, 1000, rows).astype(np.int32),
        chance.integers(0, 4, rows).astype(np.uint8),
        vectors.astype(np.float32),
    )


def brought(near: Neighbours, limit: int = 1000, scope: Scope | None = None) -> set[UUID]:
    question = np.full(DIMENSION, 0.05, np.float32)
    return {
        passage
        for side in (False, True)
        for passage in near.nearest(question, limit, scope, chinese=side)[0]
    }


def of(made: Batch, mask: NDArray[np.bool_] | None = None) -> set[UUID]:
    chosen = made.passages if mask is None else made.passages[mask]
    return {UUID(bytes=p.tobytes()) for p in chosen}


@settings(max_examples=40)
@given(
    st.integers(1, 6), st.integers(1, 300), st.integers(0, 99), st.integers(1, 40), st.data()
)  # fmt: skip
def test_of_few_sentences_it_brings_the_nearest_whatever_the_filter(
    tmp_path_factory: pytest.TempPathFactory, versions: int, rows: int, seed: int, limit: int,
    data: st.DataObject,
) -> None:  # fmt: skip
    """As many are weighed as there are here, so only the bytes' rounding stands between it and an
    exact scan: it may swap two that lie nearer to each other than that, and nothing else."""
    made = batch(versions, rows, seed)
    near = Neighbours(tmp_path_factory.mktemp("n"), MODEL)
    near.add(made)
    chosen = data.draw(st.sets(st.sampled_from(made.ids)))
    scope = Scope(
        data.draw(st.sampled_from([(HERE,), (THERE,), (HERE, THERE)])),
        tuple(chosen) if data.draw(st.booleans()) else None,
        data.draw(st.sampled_from([(), ("en",), ("yue", "zh-Hans")])),
        tuple(data.draw(st.sets(st.sampled_from(made.ids)))),
    )
    names = np.array(["en", "zh-Hant", "zh-Hans", "yue"])[made.languages]
    within = np.array(
        [
            made.collections[v] in scope.collections
            and (scope.versions is None or made.ids[v] in scope.versions)
            and made.ids[v] not in scope.excluded
            and (not scope.languages or names[row] in scope.languages)
            for row, v in enumerate(made.versions)
        ]
    )
    question = np.random.default_rng(seed + 1).normal(0, 0.05, DIMENSION).astype(np.float32)
    scores = made.vectors @ question
    assert near.frame is not None
    wrong = near.frame.step * float(np.abs(question).sum())
    for chinese in (False, True):
        passages, firsts = near.nearest(question, limit, scope, chinese=chinese)
        assert len(passages) == len(firsts)
        rows_of = {UUID(bytes=p.tobytes()): n for n, p in enumerate(made.passages)}
        found = [rows_of[p] for p in passages]
        assert [int(made.firsts[n]) for n in found] == firsts
        could = np.flatnonzero(within & ((made.languages > 0) == chinese))
        assert set(found) <= set(could.tolist())
        assert len(found) >= min(limit, len(could))
        best = np.sort(scores[could])[::-1][:limit]
        assert len(could) == 0 or scores[found].min() >= best[-1] - wrong


def test_files_of_like_size_are_merged_and_nothing_is_lost(tmp_path: Path) -> None:
    near, made = Neighbours(tmp_path, MODEL), [batch(seed=n) for n in range(9)]
    for one in made:
        near.add(one)
        assert len(near.segments) <= 3
    assert len(near) == 9 * 12
    assert brought(near) == set.union(*map(of, made))
    assert len(list(tmp_path.glob("*.vectors"))) == len(near.segments)


def test_a_large_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_LARGEST", 20)
    near = Neighbours(tmp_path, MODEL)
    for n in range(3):
        near.add(batch(seed=n))
    assert [s.shape.rows for s in near.segments] == [12, 12, 12]


def test_what_was_kept_is_there_again_after_a_restart(tmp_path: Path) -> None:
    near, made = Neighbours(tmp_path, MODEL), batch()
    near.add(made)
    again = Neighbours(tmp_path, MODEL)
    assert again.editions == near.editions == dict.fromkeys(made.ids, 1)
    assert brought(again) == of(made)


def test_an_erased_version_is_brought_no_more_and_no_byte_of_it_is_left(tmp_path: Path) -> None:
    near, made = Neighbours(tmp_path, MODEL), batch(rows=60)
    near.add(made)
    gone = made.versions == 1
    assert near.frame is not None
    planes, numbers = near.frame.small(made.vectors[gone], made.languages[gone] > 0)
    secrets = [p.tobytes() for p in made.passages[gone]] + [n.tobytes() for n in numbers]
    (file,) = tmp_path.glob("*.vectors")
    before = file.read_bytes()
    assert all(secret in before for secret in secrets)
    near.erase([made.ids[1]])
    after = file.read_bytes()
    assert not any(secret in after for secret in secrets)
    words = np.frombuffer(after[: len(after) // 8 * 8], np.uint64)
    assert not np.isin(planes[planes != 0], words).any()
    assert made.ids[1].bytes not in after
    assert brought(near) == of(made, ~gone) == brought(Neighbours(tmp_path, MODEL))
    assert made.ids[1] not in near.editions


def test_a_merge_leaves_nothing_of_the_erased(tmp_path: Path) -> None:
    near, first, second = Neighbours(tmp_path, MODEL), batch(seed=1), batch(seed=2)
    near.add(first)
    near.erase([first.ids[0]])
    near.add(second)
    (segment,) = near.segments
    assert first.ids[0] not in segment.versions
    assert first.ids[0].bytes not in segment.path.read_bytes()


def test_another_models_files_are_destroyed(tmp_path: Path) -> None:
    Neighbours(tmp_path, MODEL).add(batch())
    assert len(Neighbours(tmp_path, None)) == 12
    assert len(Neighbours(tmp_path, "another")) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("harm", ["cut", "head", "empty", "frame"])
def test_a_damaged_file_is_dropped_and_the_others_stay(
    tmp_path: Path, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "_LARGEST", 0)
    near, first, second = Neighbours(tmp_path, MODEL), batch(seed=1), batch(seed=2)
    near.add(first)
    near.add(second)
    path = near.segments[0].path
    data = path.read_bytes()
    path.write_bytes(
        {
            "cut": data[:-1], "head": b"\0" * 8 + data[8:], "empty": b"",
            "frame": data[:8] + b"\0" * 16 + data[24:],
        }[harm]
    )  # fmt: skip
    again = Neighbours(tmp_path, MODEL)
    assert again.editions == dict.fromkeys(second.ids, 1)
    assert not path.exists()


def test_a_lost_frame_makes_every_file_useless(tmp_path: Path) -> None:
    Neighbours(tmp_path, MODEL).add(batch())
    (tmp_path / "frame").unlink()
    assert len(Neighbours(tmp_path, MODEL)) == 0


POINTS = ("before replace", "after replace", "before unlink", "half erased")


@pytest.mark.parametrize("point", POINTS)
def test_killed_there_it_opens_again_with_what_was_whole(tmp_path: Path, point: str) -> None:
    child = subprocess.run(
        [sys.executable, "-m", "tests.search.killed_neighbours", str(tmp_path), point],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()[-2000:]
    near = Neighbours(tmp_path, MODEL)
    assert not list(tmp_path.glob("*.new"))
    first, second = batch(seed=1), batch(seed=2)
    found = brought(near)
    assert len(found) == len(near)
    if point == "before replace":
        assert found == of(first)
    elif point == "half erased":
        near.erase(near.segments[0].versions[:1])
        assert len(brought(near)) < 24
    else:
        assert found == of(first) | of(second)
    near.add(batch(seed=3))
    assert of(batch(seed=3)) <= brought(near)


def test_its_files_are_its_owners_only(tmp_path: Path) -> None:
    Neighbours(tmp_path / "vectors", MODEL).add(batch())
    assert {os.stat(p).st_mode & 0o077 for p in (tmp_path / "vectors").rglob("*")} == {0}
