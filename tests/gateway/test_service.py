from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any, cast
from uuid import uuid4

import pytest

from lionrock.errors import EngineRefused, EngineUnavailable, Forbidden
from lionrock.gateway.service import Gateway
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest, Delta
from tests.fakes import ScriptedEngine

REQUEST = ChatRequest(messages=[{"role": "user", "content": "hello"}], max_tokens=10)


def run_of(role: Role = Role.ANALYST) -> RunContext:
    actor = Actor(uuid4(), uuid4(), ActorKind.MEMBER, frozenset({role}), "general")
    return RunContext(actor, uuid4(), cast(Any, None), cast(Any, None))


async def test_an_answer_streams_and_its_use_is_counted() -> None:
    run = run_of()
    parts = [p async for p in Gateway(ScriptedEngine("a b c")).chat(run, REQUEST)]
    assert "".join(p.text for p in parts if isinstance(p, Delta)) == "a b c"
    use = run.uses[0]
    assert (use.model, use.prompt_tokens, use.output_tokens, use.outcome) == (
        "scripted",
        10,
        3,
        "stop",
    )


async def test_a_reader_who_leaves_cancels_the_engine_and_is_still_counted() -> None:
    run, engine = run_of(), ScriptedEngine("a b c d e")
    async with aclosing(cast(Any, Gateway(engine).chat(run, REQUEST))) as stream:
        async for _ in stream:
            break
    assert engine.cancelled == 1
    assert run.uses[0].outcome == "cancelled"
    assert run.uses[0].output_tokens == 1


async def test_a_refusal_of_the_engine_is_counted_and_passed_on() -> None:
    run = run_of()
    with pytest.raises(EngineRefused):
        async for _ in Gateway(ScriptedEngine("a b", EngineRefused("too long"))).chat(run, REQUEST):
            pass
    assert run.uses[0].outcome == "engine-refused"


async def test_without_an_engine_the_reason_is_given() -> None:
    with pytest.raises(EngineUnavailable, match="not pulled"):
        async for _ in Gateway(None, why_none="not pulled").chat(run_of(), REQUEST):
            pass


async def test_who_may_not_call_a_model_does_not() -> None:
    engine = ScriptedEngine("a")
    with pytest.raises(Forbidden):
        async for _ in Gateway(engine).chat(run_of(Role.AUDITOR), REQUEST):
            pass
    assert engine.requests == []


async def test_calls_beyond_the_engines_places_wait_their_turn() -> None:
    engine = ScriptedEngine("a b c")
    gateway, most, now = Gateway(engine, at_once=1), 0, 0

    async def one() -> None:
        nonlocal most, now
        first = True
        async for _ in gateway.chat(run_of(), REQUEST):
            if first:
                now, first = now + 1, False
                most = max(most, now)
            await asyncio.sleep(0)
        now -= 1

    await asyncio.gather(*(one() for _ in range(5)))
    assert most == 1
