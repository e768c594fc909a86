from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lionrock.errors import NotVerified
from lionrock.kernel.audit import edge, merkle
from lionrock.kernel.audit.edge import Edge
from lionrock.kernel.audit.merkle import leaf_hash
from tests.kernel.audit.trees import Memory, entries, mth

SIZE = 70_000
ALL = entries(SIZE)


@pytest.fixture(scope="module")
def tree() -> Memory:
    """70,000 entries: three levels of tiles, as in the example of tlog-tiles."""
    made = Memory()
    made.append(ALL)
    return made


SIZES = st.integers(0, 1100) | st.sampled_from([65_535, 65_536, 65_537, SIZE])
INDEXES = st.integers(0, SIZE - 1)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_536, SIZE])
def test_the_root_is_that_of_rfc_6962(tree: Memory, size: int) -> None:
    grown = Memory()
    grown.append(ALL[:size])
    assert grown.edge.root() == mth(ALL[:size]) == merkle.root(tree, size)


@given(st.lists(st.integers(0, 600), max_size=8))
@settings(max_examples=50, deadline=None)
def test_a_tree_grown_in_steps_is_the_tree_grown_at_once(steps: list[int]) -> None:
    grown, at = Memory(), 0
    for step in steps:
        grown.append(ALL[at : at + step])
        at += step
        assert grown.edge.root() == mth(ALL[:at])
    at_once = Memory()
    at_once.append(ALL[:at])
    assert at_once.edge == grown.edge
    assert at_once.files.items() <= grown.files.items()


def test_appending_leaves_the_tree_it_started_from_alone() -> None:
    start, _ = Edge().extended(ALL[:300])
    before = start.root()
    start.extended(ALL[300:600])
    assert (start.size, start.root()) == (300, before)


@given(INDEXES, SIZES)
@settings(deadline=None)
def test_every_entry_is_proven_to_be_in_every_tree_that_has_it(
    tree: Memory, index: int, size: int
) -> None:
    assume(index < size)
    proof = merkle.inclusion_proof(tree, index, size)
    merkle.check_inclusion(leaf_hash(ALL[index]), index, size, proof, merkle.root(tree, size))


@given(INDEXES, INDEXES, st.data())
@settings(deadline=None)
def test_no_other_entry_index_or_path_is_proven(
    tree: Memory, index: int, other: int, data: st.DataObject
) -> None:
    proof, root = merkle.inclusion_proof(tree, index, SIZE), merkle.root(tree, SIZE)
    entry = leaf_hash(ALL[index])
    assume(index != other)
    wrong = [
        (leaf_hash(ALL[other]), index, proof),
        (entry, other, proof),
        (entry, index, proof[:-1]),
        (entry, index, [*proof, proof[-1]]),
    ]
    at = data.draw(st.integers(0, len(proof) - 1))
    wrong.append((entry, index, [*proof[:at], bytes(32), *proof[at + 1 :]]))
    for hashed, place, path in wrong:
        with pytest.raises(NotVerified):
            merkle.check_inclusion(hashed, place, SIZE, path, root)


def test_an_index_beyond_the_tree_has_no_proof(tree: Memory) -> None:
    with pytest.raises(ValueError, match="no entry 5"):
        merkle.inclusion_proof(tree, 5, 5)
    with pytest.raises(NotVerified):
        merkle.check_inclusion(leaf_hash(ALL[0]), 1, 1, [], leaf_hash(ALL[0]))


@given(SIZES, SIZES)
@settings(deadline=None)
def test_every_tree_is_proven_to_begin_with_every_smaller_one(
    tree: Memory, old: int, new: int
) -> None:
    assume(old <= new)
    proof = merkle.consistency_proof(tree, old, new)
    roots = merkle.root(tree, old), merkle.root(tree, new)
    merkle.check_consistency(old, roots[0], new, roots[1], proof)


@given(st.integers(1, 1000), st.integers(2, 1100), st.data())
@settings(deadline=None)
def test_a_tree_that_was_rewritten_does_not_begin_with_the_old_one(
    tree: Memory, old: int, new: int, data: st.DataObject
) -> None:
    assume(old < new)
    changed = list(ALL[:new])
    changed[data.draw(st.integers(0, old - 1))] = b"something else"
    forged = Memory()
    forged.append(changed)
    proof = merkle.consistency_proof(forged, old, new)
    with pytest.raises(NotVerified):
        merkle.check_consistency(old, mth(ALL[:old]), new, mth(changed), proof)


def test_a_smaller_tree_is_not_consistent_with_a_larger_one(tree: Memory) -> None:
    with pytest.raises(NotVerified):
        merkle.check_consistency(10, mth(ALL[:10]), 9, mth(ALL[:9]), [])
    with pytest.raises(ValueError, match="does not grow"):
        merkle.consistency_proof(tree, 10, 9)


def test_a_proof_where_none_is_needed_is_refused() -> None:
    root = mth(ALL[:3])
    for old, old_root in ((3, root), (0, merkle.EMPTY)):
        merkle.check_consistency(old, old_root, 3, root, [])
        with pytest.raises(NotVerified):
            merkle.check_consistency(old, old_root, 3, root, [root])
    with pytest.raises(NotVerified):
        merkle.check_consistency(0, root, 3, root, [])


@pytest.mark.parametrize("at", [0, 256, 512, 65_536, 65_536 + 256, 69_888])
def test_the_edge_is_found_again_from_tiles(tree: Memory, at: int) -> None:
    found = edge.at_tile(tree, at, SIZE)
    assert found.root() == merkle.root(tree, at)
    grown, _ = found.extended(ALL[at:])
    assert grown == tree.edge


def test_the_edge_is_not_read_within_a_tile(tree: Memory) -> None:
    with pytest.raises(ValueError, match="whole tiles"):
        edge.at_tile(tree, 100, SIZE)
