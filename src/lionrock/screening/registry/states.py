"""What is screened against: the lists in use, the version applied of each, and their thresholds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.errors import NotFound
from lionrock.kernel.decisions import ABSENT
from lionrock.screening.registry.engine import Engine
from lionrock.screening.registry.hits import ListRef

if TYPE_CHECKING:
    import asyncpg

_APPLIED: Final = """
SELECT id, name, kind, current_version, threshold, type_thresholds FROM screening_lists
WHERE tenant_id = $1 AND active AND current_version > 0 ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class ListState:
    """A list as it is screened against. `types`: thresholds by type of customer."""

    ref: ListRef
    threshold: float | None = None
    types: Mapping[str, float] = field(default_factory=dict)

    def threshold_for(self, type: str, default: float) -> float:
        own = default if self.threshold is None else self.threshold
        return self.types.get(type, own)


@dataclass(frozen=True, slots=True)
class State:
    lists: tuple[ListState, ...]

    def digest(self, engine: Engine) -> str:
        """32 hex digits: names the index of these versions, made by this engine."""
        parts = [engine.version, *(f"{s.ref.id} {s.ref.version}" for s in self.lists)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def get(self, list_id: UUID) -> ListState | None:
        return next((s for s in self.lists if s.ref.id == list_id), None)

    def versions(self) -> dict[UUID, int]:
        return {s.ref.id: s.ref.version for s in self.lists}

    def only(self, lists: Collection[UUID]) -> State:
        """Those named. `NotFound` for one that is not in use."""
        if set(lists) - self.versions().keys():
            raise NotFound(ABSENT)
        return State(tuple(s for s in self.lists if s.ref.id in lists))

    def at(self, threshold: float) -> State:
        """With one threshold for all."""
        return State(tuple(replace(s, threshold=threshold, types={}) for s in self.lists))

    def lowest(self, default: float) -> float:
        """No list asks for less."""
        own = (min([s.threshold_for("", default), *s.types.values()]) for s in self.lists)
        return min(own, default=default)

    def written(self) -> str:
        """As JSON: ids, versions, thresholds."""
        kept = [
            {**asdict(s.ref), "id": str(s.ref.id), "threshold": s.threshold, "types": dict(s.types)}
            for s in self.lists
        ]
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> State:
        return cls(tuple(_state(s) for s in json.loads(written)))


def _state(kept: dict[str, Any]) -> ListState:
    ref = ListRef(UUID(kept["id"]), kept["name"], kept["kind"], kept["version"])
    return ListState(ref, kept["threshold"], kept["types"])


async def applied(db: asyncpg.Connection, tenant: UUID) -> State:
    """The lists in use now."""
    rows = await db.fetch(_APPLIED, tenant)
    return State(
        tuple(
            ListState(
                ListRef(r["id"], r["name"], r["kind"], r["current_version"]),
                r["threshold"],
                json.loads(r["type_thresholds"]),
            )
            for r in rows
        )
    )
