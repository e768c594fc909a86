"""People and an index of the real engine's, small."""

from __future__ import annotations

import random
from pathlib import Path
from uuid import UUID

from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching.index import EntityIndex

WORDS = "chan tai man wong siu ming lee ho smith john peter mary 陳大文 王小明".split()


def people(count: int, seed: int, *, indexed: bool = False) -> list[Entity]:
    dice = random.Random(seed)
    return [
        Entity(
            UUID(int=n).hex * 2 if indexed else f"C{n}", Schema.PERSON,
            (Name(" ".join(dice.sample(WORDS, dice.randint(1, 3)))),),
        )
        for n in range(count)
    ]  # fmt: skip


def index_in(folder: Path) -> EntityIndex:
    EntityIndex.build(people(40, 1, indexed=True), folder)
    return EntityIndex.open(folder)
