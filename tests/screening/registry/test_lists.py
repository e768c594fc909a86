"""Lists are changed by who may; what takes hits away is for a person, not for a key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lionrock.errors import Forbidden
from lionrock.kernel.actors import ActorKind
from lionrock.kernel.permissions import Permission
from tests.screening.registry.conftest import Desk

STARTS: dict[str, Any] = {"threshold": 0.6, "type_thresholds": {"pep": 0.4}}


@pytest.mark.parametrize(
    ("change", "needs_a_person"),
    [
        ({**STARTS, "active": False}, True),
        ({**STARTS, "threshold": 0.9999}, True),
        ({**STARTS, "type_thresholds": {"pep": 0.7}}, True),
        ({"threshold": 0.6, "type_thresholds": {}}, True),
        ({"threshold": 0.6}, False),
        ({"threshold": 0.3}, False),
        ({**STARTS, "type_thresholds": {"pep": 0.4, "bank": 0.7}}, True),
        (STARTS, False),
        ({"threshold": 0.6, "type_thresholds": {"pep": 0.3}}, False),
    ],
)
async def test_a_key_raises_no_threshold_and_takes_no_list_out_of_use(
    desk: Desk, change: dict[str, Any], needs_a_person: bool
) -> None:
    lists = desk.registry.lists
    made = await lists.create(desk.manager, "UN", "un", **STARTS)
    key = replace(desk.manager, kind=ActorKind.SERVICE, scopes=frozenset(Permission))
    if needs_a_person:
        with pytest.raises(Forbidden, match="signs in"):
            await lists.change(key, made, name="UN", **change)
        assert (await lists.get(key, made)).threshold == 0.6
        await lists.change(desk.manager, made, name="UN", **change)
    else:
        await lists.change(key, made, name="UN", **change)
    assert (await lists.get(key, made)).threshold == change["threshold"]
