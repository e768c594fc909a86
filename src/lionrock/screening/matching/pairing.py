"""Words of two names against each other, in any order: what latin and organisations share."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol, TypeVar

ENOUGH: Final = 22.0
"""Beyond so many bits of agreement, more of it counts a fifth: names of one family agree in much."""


class Written(Protocol):
    @property
    def written(self) -> str: ...


W = TypeVar("W", bound=Written)


@dataclass(frozen=True, slots=True)
class Pair:
    a: str
    b: str
    bits: float
    how: str
    """As `words.likeness` says; `joined` where words were put together, `acronym`, `spelt`."""


@dataclass(frozen=True, slots=True)
class Worded:
    """`bits` of evidence, the words found alike, and those of each side left alone."""

    bits: float
    pairs: tuple[Pair, ...]
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()


def likest(mine: list[W], others: list[W], like: Callable[[W, W], tuple[float, str]]) -> list[Pair]:
    """Pairs each word with the likest left on the other side; takes them out of both lists."""
    scored = [
        (bits, -abs(i - j), i, j, how)
        for i, x in enumerate(mine)
        for j, y in enumerate(others)
        for bits, how in (like(x, y),)
        if how
    ]
    scored.sort(reverse=True)
    pairs: list[Pair] = []
    used_a: set[int] = set()
    used_b: set[int] = set()
    for bits, _, i, j, how in scored:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            pairs.append(Pair(mine[i].written, others[j].written, bits, how))
    mine[:] = [w for i, w in enumerate(mine) if i not in used_a]
    others[:] = [w for j, w in enumerate(others) if j not in used_b]
    return pairs


def joined(
    mine: list[W], others: list[W], alike: Callable[[W, W, W], float | None],
    neighbours: Container[tuple[int, int]],
) -> list[Pair]:  # fmt: skip
    """A word against two neighbours put together, on either side: van derbilt, vander bilt.

    `alike` gives the bits of a word and two neighbours, or None; `neighbours` is `adjacent` of both names
    whole.
    """
    found = [
        Pair(x, two, bits, "joined")
        for x, two, bits in _put_together(mine, others, alike, neighbours)
    ]
    turned = _put_together(others, mine, alike, neighbours)
    return found + [Pair(two, x, bits, "joined") for x, two, bits in turned]


def adjacent(*sides: Sequence[object]) -> frozenset[tuple[int, int]]:
    """Which words stand beside one another, by their ids."""
    return frozenset((id(a), id(b)) for side in sides for a, b in pairwise(side))


def _put_together(
    words: list[W], others: list[W], alike: Callable[[W, W, W], float | None],
    neighbours: Container[tuple[int, int]],
) -> Iterable[tuple[str, str, float]]:  # fmt: skip
    found = []
    for x in list(words):
        for j, (a, b) in enumerate(pairwise(others)):
            bits = alike(x, a, b) if (id(a), id(b)) in neighbours else None
            if bits is not None:
                found.append((x.written, f"{a.written} {b.written}", bits))
                words.remove(x)
                del others[j : j + 2]
                break
    return found


def agreed(pairs: Iterable[Pair]) -> float:
    """The pairs' bits, bounded softly by `ENOUGH`."""
    bits = sum(p.bits for p in pairs)
    return min(bits, ENOUGH) + 0.2 * max(bits - ENOUGH, 0.0)


def written(left: Sequence[Written]) -> tuple[str, ...]:
    return tuple(w.written for w in left)
