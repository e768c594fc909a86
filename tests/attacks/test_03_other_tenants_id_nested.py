"""Attack 3: the id of another tenant's thing inside a list or an object of a body."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from tests.attacks.doors import fetch
from tests.matrix.surface import _ids
from tests.matrix.world import QUESTION, World


@pytest.mark.parametrize("shape", ["files", "history", "messages", "options"])
async def test_a_question_carries_no_list_or_object_of_ids(
    world: World, intruder: ClientSession, shape: str
) -> None:
    theirs: dict[str, Any] = {
        "files": [{"id": str(world.ours.document)}],
        "history": {"history_id": str(world.ours.run)},
        "messages": [{"role": "user", "content": [{"document": str(world.ours.document)}]}],
        "options": {"collections": [str(world.ours.document)]},
    }
    body = {"question": QUESTION, shape: theirs[shape]}
    reply = await fetch(intruder, "POST", "/v1/ask", json=body)
    assert reply.status == 422 and shape in reply.text
    assert world.ours.canary not in reply.text


def test_the_matrix_finds_ids_however_deep_they_are() -> None:
    """So that a route that takes nested ids is tried with another tenant's in each place."""
    leaf = {"type": "string", "format": "uuid"}
    item = {"properties": {"id": leaf, "also": {"type": "array", "items": leaf}}}
    schema = {
        "properties": {
            "files": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
            "one": {"anyOf": [leaf, {"type": "null"}]},
        }
    }
    document = {"components": {"schemas": {"Item": item}}}
    assert set(_ids(schema, document, ())) == {
        ("files", "[]", "id"), ("files", "[]", "also", "[]"), ("one",),
    }  # fmt: skip
