"""Attack 40: the seventeen ways round row-level security, and a table someone forgot to seal."""

from __future__ import annotations

import re

from tests.isolation import test_seventeen_cases
from tests.kernel.catalogue import faults
from tests.matrix.world import World


async def test_the_lint_finds_no_fault_in_the_schema_that_serves(world: World) -> None:
    await world.admin.execute("SAVEPOINT lint") if world.admin.is_in_transaction() else None
    try:
        assert await faults(world.admin) == []
    finally:
        await world.admin.execute("SET search_path = lionrock")


def test_all_seventeen_cases_are_tried() -> None:
    names = [n for n in vars(test_seventeen_cases) if n.startswith("test_")]
    numbers = sorted(int(found[1]) for n in names if (found := re.match(r"test_(\d\d)_", n)))
    assert numbers == list(range(1, 18))
