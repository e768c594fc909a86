"""With the smallest model: poor words, but in the right script, and what is wrong is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.assist.checks import CheckName
from lionrock.assist.translate.schemas import Into, Origin
from lionrock.assist.translate.script import simplified_only
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.assist.translate.desk import desk, translated
from tests.small_engine import small_engine


@pytest.mark.model
async def test_the_small_model_translates_both_ways(
    database: Database, actor: Actor, tmp_path: Path, small_model_weights: Path
) -> None:
    terms = {"countercyclical capital buffer": "逆周期緩衝資本"}
    async with (
        small_engine(small_model_weights) as engine,
        desk(database, actor, tmp_path, engine, terms) as house,
    ):
        [one] = (
            await translated(house, actor, "The countercyclical capital buffer rises to 2.5%.")
        ).segments
        [back] = (await translated(house, actor, "銀行須於14日內報告。", Into.ENGLISH)).segments
    assert one.origin is back.origin is Origin.MODEL
    assert not any(simplified_only(c) for c in one.target)
    [kept] = [c for c in one.checks if c.name is CheckName.TERMS]
    assert kept.held is ("逆周期緩衝資本" in one.target)
    assert back.target.isascii() or not back.held
