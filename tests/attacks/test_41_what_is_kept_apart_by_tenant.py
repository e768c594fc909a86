"""Attack 41: a cache, index, embedding, job, file or log whose key forgets the tenant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lionrock.errors import LionrockError
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.kernel.runs import Runs
from tests.attacks.calling import behind, chat
from tests.attacks.doors import discard, fetch, upload
from tests.matrix.world import QUESTION, World


async def test_word_indexes_are_a_folder_a_tenant(world: World) -> None:
    folders = {p.name for p in (world.house.settings.home / "indexes").iterdir()}
    tenants = {world.ours.actor.tenant_id.hex, world.theirs.actor.tenant_id.hex}
    assert tenants <= folders
    ours = await world.house.search.indexer.words(world.ours.actor)
    assert ours is not await world.house.search.indexer.words(world.theirs.actor)


async def test_files_are_a_folder_a_tenant_also_for_the_same_bytes(
    world: World, client: ClientSession, intruder: ClientSession
) -> None:
    """The same file in two institutions is two files: neither is told that the other has it."""
    added = [await upload(who, "same.md", b"the same bytes in both") for who in (client, intruder)]
    told = [json.loads(reply.text) for reply in added]
    assert not told[0]["duplicate"] and not told[1]["duplicate"]
    assert told[0]["version_id"] != told[1]["version_id"]
    folders = {p.name for p in (world.house.settings.home / "files").iterdir()}
    assert {world.ours.actor.tenant_id.hex, world.theirs.actor.tenant_id.hex} <= folders
    for who, reply in zip((client, intruder), added, strict=True):
        await discard(who, reply)


async def test_the_same_question_in_two_institutions_has_two_answers(
    world: World, client: ClientSession, intruder: ClientSession
) -> None:
    """Asked by turns, so that anything kept from one would be shown to the other."""
    for _ in range(2):
        for who, mine, other in (
            (client, world.ours, world.theirs), (intruder, world.theirs, world.ours)
        ):  # fmt: skip
            reply = await fetch(who, "POST", "/v1/ask", json={"question": QUESTION})
            assert mine.canary in reply.text and other.canary not in reply.text
            search = await fetch(who, "GET", f"/v1/search?q={QUESTION}")
            assert other.canary not in search.text


async def test_vectors_are_compared_within_a_tenant(world: World) -> None:
    found = await world.house.search.find(world.theirs.actor, QUESTION)
    passages = {near.passage_id for near in found.near}
    assert passages
    assert await world.house.search.load(world.ours.actor, list(passages)) == {}


async def test_runs_in_memory_are_looked_up_by_tenant_and_member(world: World) -> None:
    run, _ = await world.ours.ended_run()
    runs: Runs = world.house.runs
    assert runs.live(world.ours.actor, run)
    stranger = world.theirs.actor
    try:
        runs.live(stranger, run)
    except LionrockError as error:
        assert error.status == 404
    else:
        raise AssertionError("a stranger found it")


async def test_a_job_carries_ids_and_is_claimed_within_its_tenant(world: World) -> None:
    """What waits to be read is rows of the tenant: there is no queue beside the database."""
    columns = await world.admin.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'lionrock' AND table_name = 'versions'"
    )
    assert "tenant_id" in {c[0] for c in columns}
    assert not {"payload", "arguments", "body"} & {c[0] for c in columns}


@pytest.mark.parametrize("kind", [EngineKind.VLLM, EngineKind.VLLM_ASCEND, EngineKind.SGLANG])
async def test_an_engines_prefix_cache_tells_nothing_of_another_tenants_prompt(
    world: World,
    client: ClientSession,
    intruder: ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: EngineKind,
) -> None:
    async with behind(world, tmp_path, monkeypatch, kind) as engine:
        await chat(client)
        guessed = await chat(intruder)
        assert guessed.status == 200 and engine.hits == 0 and "cache" not in guessed.text
        await chat(client)
        assert engine.hits > 0, "the cache is off: nothing was shown"


@pytest.mark.parametrize(
    ("field", "value"),
    [("cache_salt", ""), ("cache_salt", "x"), ("prompt_cache_key", "x"), ("cache_prompt", True),
     ("id_slot", 0), ("session_id", "x"), ("user", "x"), ("return_cached_tokens_details", True)],
)  # fmt: skip
async def test_nobody_chooses_whose_cache_it_is(
    world: World,
    intruder: ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    field: str,
    value: Any,
) -> None:
    async with behind(world, tmp_path, monkeypatch) as engine:
        reply = await chat(intruder, **{field: value})
        assert reply.status == 400 and json.loads(reply.text)["error"]["param"] == field
        assert engine.bodies == []
