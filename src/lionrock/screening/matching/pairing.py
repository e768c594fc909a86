"""Words of two names against each other, in any order: what latin and organisations share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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


def joined(mine: list[W], others: list[W], alike: Callable[[W, W, W], float | None]) -> list[Pair]:
    """A word against two neighbours put together, on either side: van derbilt, vander bilt.

    `alike` gives the bits of a word and two neighbours, or None.
    """
    found = [Pair(x, pair, bits, "joined") for x, pair, bits in _put_together(mine, others, alike)]
    turned = _put_together(others, mine, alike)
    return found + [Pair(pair, x, bits, "joined") for x, pair, bits in turned]


def _put_together(
    words: list[W], others: list[W], alike: Callable[[W, W, W], float | None]
) -> Iterable[tuple[str, str, float]]:
    found = []
    for x in list(words):
        for j in range(len(others) - 1):
            bits = alike(x, others[j], others[j + 1])
            if bits is not None:
                found.append((x.written, f"{others[j].written} {others[j + 1].written}", bits))
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
