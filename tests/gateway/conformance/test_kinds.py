"""Engines that do well, each kind as deploy/ sets it up, and bare ones."""

from __future__ import annotations

import pytest

from lionrock.gateway.conformance import CHECKS, Verdict
from lionrock.gateway.fields.kinds import EngineKind
from tests.gateway.conformance.running import findings, introduced, outcome, verdicts
from tests.gateway.fakes.kinds import CONTEXT, PROTOCOLS
from tests.gateway.fakes.server import fake_engine

NOT_APPLICABLE = {
    EngineKind.VLLM: set(),
    EngineKind.VLLM_ASCEND: set(),
    EngineKind.SGLANG: set(),
    EngineKind.LLAMACPP: {"tools", "embeddings", "priority"},
    EngineKind.MINDIE: {"embeddings", "salt", "priority"},
    EngineKind.OLLAMA: {"salt", "priority"},
}


@pytest.mark.parametrize("kind", NOT_APPLICABLE)
async def test_a_well_behaved_engine_of_each_kind_passes_all_that_applies(kind: EngineKind) -> None:
    cuts = PROTOCOLS[kind].cuts
    async with fake_engine(kind) as fake:
        found = await findings(fake, kind=kind, context=None if cuts else CONTEXT)
    assert list(found) == ["models", *CHECKS]
    assert verdicts(found, Verdict.FAIL) == set()
    assert verdicts(found, Verdict.NOT_APPLICABLE) == NOT_APPLICABLE[kind]
    assert verdicts(found, Verdict.COULD_NOT_TELL) == ({"over-long context"} if cuts else set())


async def test_ollama_fails_for_the_prompts_it_cuts_unseen() -> None:
    async with fake_engine(EngineKind.OLLAMA) as fake:
        found = await findings(fake, context=CONTEXT)
    assert verdicts(found, Verdict.FAIL) == {"over-long context"}
    assert "cut unseen" in found["over-long context"].detail


@pytest.mark.parametrize(
    ("kind", "path"),
    [(EngineKind.VLLM, "/invocations (400)"), (EngineKind.SGLANG, "/metrics (200)")],
)
async def test_a_bare_server_fails_for_the_paths_its_key_leaves_open(
    kind: EngineKind, path: str
) -> None:
    found = await outcome("auth", kind, behind_proxy=False)
    assert found.verdict is Verdict.FAIL
    assert path in found.detail
    assert "/v1/" not in found.detail


@pytest.mark.parametrize("kind", [EngineKind.MINDIE, EngineKind.OLLAMA])
async def test_a_server_without_keys_fails_unless_a_proxy_asks_for_one(kind: EngineKind) -> None:
    with_key = await outcome("auth", kind, behind_proxy=False)
    without = await outcome("auth", kind, behind_proxy=False, key=None)
    assert with_key.verdict is without.verdict is Verdict.FAIL
    assert "/v1/models (200)" in with_key.detail
    assert "works without a key" in without.detail


async def test_llamacpp_guards_every_path_by_itself() -> None:
    found = await outcome("auth", EngineKind.LLAMACPP, behind_proxy=False)
    assert found.verdict is Verdict.PASS


@pytest.mark.parametrize("kind", sorted(set(NOT_APPLICABLE) - {EngineKind.VLLM_ASCEND}))
async def test_the_kind_is_known_by_who_owns_the_models(kind: EngineKind) -> None:
    async with fake_engine(kind) as fake:
        found = await introduced(fake, model="fake-7b")
    assert f"kind {kind} (by its owned_by)" in found.detail


async def test_no_route_is_called_that_changes_the_engines_state() -> None:
    async with fake_engine(EngineKind.VLLM, behind_proxy=False) as fake:
        await findings(fake)
    asked = {path for method, path in fake.asked if method != "GET"}
    assert asked.isdisjoint({"/pause", "/resume", "/update_weights", "/sleep", "/collective_rpc"})
    assert ("GET", "/pause") in fake.asked


async def test_cached_prompts_are_never_asked_of_llamacpp() -> None:
    async with fake_engine(EngineKind.LLAMACPP) as fake:
        await findings(fake, context=CONTEXT)
    assert fake.bodies
    assert all(body["cache_prompt"] is False for body in fake.bodies)


async def test_what_is_working_when_the_checks_end_is_over() -> None:
    async with fake_engine(EngineKind.VLLM, at_once=4) as fake:
        await findings(fake, at_once=4)
        assert fake.slots.running == 0
