"""The engines measured: the product's, a simple peer, and a peer in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import process_time
from typing import Any, Protocol

from lionrock.screening.entities import Entity
from lionrock.screening.matching.scoring import THRESHOLD

PEER_PYTHON = "LIONROCK_PEER_PYTHON"
Two = tuple[Entity, Entity]


class Hit(Protocol):
    @property
    def entity_id(self) -> str: ...
    @property
    def score(self) -> float: ...


class Index(Protocol):
    def screen(self, query: Entity, /) -> Sequence[Hit]: ...


class Engine(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def threshold(self) -> float: ...
    @property
    def rate(self) -> float:
        """Pairs compared a second of its processor time, of all the pairs it was given."""
        ...

    def scores(self, pairs: Sequence[Two]) -> list[float]: ...


class Product:
    name = "lionrock"
    threshold = THRESHOLD

    def __init__(self) -> None:
        self._pairs, self._seconds = 0, 0.0

    @property
    def rate(self) -> float:
        return self._pairs / self._seconds if self._seconds else 0.0

    def scores(self, pairs: Sequence[Two]) -> list[float]:
        from lionrock.screening.matching.compare import compare

        began = process_time()
        found = [compare(query, listed).score for query, listed in pairs]
        self._seconds += process_time() - began
        self._pairs += len(pairs)
        return found

    def index(self, entities: Iterable[Entity], folder: Path) -> Index:
        from lionrock.screening.matching.index import EntityIndex

        if not folder.exists():
            EntityIndex.build(entities, folder)
        return EntityIndex.open(folder)


@dataclass(frozen=True, slots=True)
class SimpleHit:
    entity_id: str
    score: float


class Baseline:
    """rapidfuzz's token_set_ratio of the case-folded names, the best pair of names."""

    name = "token_set"
    threshold = 0.85

    def __init__(self) -> None:
        from rapidfuzz.fuzz import token_set_ratio

        self._ratio = token_set_ratio
        self._pairs, self._seconds = 0, 0.0

    @property
    def rate(self) -> float:
        return self._pairs / self._seconds if self._seconds else 0.0

    def scores(self, pairs: Sequence[Two]) -> list[float]:
        began = process_time()
        found = [
            max(self._ratio(_fold(a.text), _fold(b.text)) for a in q.names for b in e.names) / 100
            for q, e in pairs
        ]
        self._seconds += process_time() - began
        self._pairs += len(pairs)
        return found

    def index(self, entities: Iterable[Entity], folder: Path) -> Index:
        return SimpleIndex(entities)


class SimpleIndex:
    """Every name compared with every name."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._names = [(_fold(n.text), e.id) for e in entities for n in e.names]

    def screen(self, query: Entity) -> list[SimpleHit]:
        from rapidfuzz.fuzz import token_set_ratio
        from rapidfuzz.process import extract

        best: dict[str, float] = {}
        names = [name for name, _ in self._names]
        for asked in query.names:
            cut = 100 * Baseline.threshold
            for _, score, at in extract(
                _fold(asked.text), names, scorer=token_set_ratio, score_cutoff=cut, limit=None
            ):
                key = self._names[at][1]
                best[key] = max(best.get(key, 0.0), score / 100)
        hits = [SimpleHit(key, score) for key, score in best.items()]
        return sorted(hits, key=lambda hit: -hit.score)


class Peer:
    """nomenklatura's logic-v2 in its own environment: `LIONROCK_PEER_PYTHON` is its interpreter."""

    threshold = 0.70

    def __init__(self, python: str) -> None:
        script = Path(__file__).with_name("peer.py")
        self._process = subprocess.Popen(
            [python, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._last: dict[str, Any] = {}

    @classmethod
    def available(cls) -> Peer | None:
        python = os.environ.get(PEER_PYTHON, "")
        return cls(python) if python else None

    @cached_property
    def started(self) -> dict[str, Any]:
        """`version`, `first_s` (from nothing to the first answer) and `rss_mb` then."""
        return self._answer()

    @property
    def name(self) -> str:
        return f"nomenklatura {self.started['version']} logic-v2"

    @property
    def rate(self) -> float:
        return float(self._last.get("rate", 0.0))

    @property
    def memory(self) -> float:
        """Peak resident memory so far, MB."""
        return float(self._last.get("rss_mb", self.started["rss_mb"]))

    def scores(self, pairs: Sequence[Two]) -> list[float]:
        _ = self.started
        assert self._process.stdin is not None
        rows = [[str(q.schema), *([n.text for n in e.names] for e in (q, x))] for q, x in pairs]
        self._process.stdin.write(json.dumps(rows, ensure_ascii=False) + "\n")
        self._process.stdin.flush()
        self._last = self._answer()
        return [float(s) for s in self._last["scores"]]

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{PEER_PYTHON} ended: is nomenklatura installed for it?")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _fold(text: str) -> str:
    return text.casefold().replace("-", " ").replace(",", " ")
