"""Engines that do wrong: each fault is seen, and by the check that is about it."""

from __future__ import annotations

import re

import pytest

from lionrock.gateway.conformance import CHECKS, Verdict
from lionrock.gateway.fields.kinds import EngineKind
from tests.gateway.conformance.running import CURT, findings, outcome
from tests.gateway.fakes.ills import Ill
from tests.gateway.fakes.kinds import CONTEXT
from tests.gateway.fakes.server import KEY, fake_engine

V, S, L = EngineKind.VLLM, EngineKind.SGLANG, EngineKind.LLAMACPP
WRONG = [
    ("chat", V, Ill.NO_TEXT, "no text"),
    ("stream", V, Ill.BREAKS_OFF, "broke the connection off"),
    ("stream", V, Ill.NO_DONE, r"\[DONE\]"),
    ("stream", V, Ill.NO_FINISH, "finish reason"),
    ("stream", V, Ill.ONE_PIECE, "one event"),
    ("stop", V, Ill.STOP_IGNORED, "past the stop string"),
    ("seed", V, Ill.SEED_IGNORED, "another answer"),
    ("JSON schema", V, Ill.SCHEMA_IGNORED, "does not fit the schema"),
    ("JSON schema", V, Ill.BOUNDS_IGNORED, "maxItems|finish reason length"),
    ("tools", V, Ill.TOOLS_IN_WORDS, "no tool was called"),
    ("tools", V, Ill.ARGUMENTS_MISSHAPEN, "not JSON in a string"),
    ("usage", V, Ill.NO_USAGE, "whole answer tells no token counts"),
    ("usage", V, Ill.NO_STREAM_USAGE, "stream asked for usage tells none"),
    ("usage", V, Ill.COUNTS_DIFFER, "whole and .* streamed"),
    ("usage", V, Ill.OVERLONG_OUTPUT, "max_tokens is 5"),
    ("embeddings", V, Ill.VECTORS_UNORDERED, "order asked"),
    ("embeddings", V, Ill.VECTORS_CONSTANT, "different texts the same"),
    ("cancel", V, Ill.DEAF, "worked"),
    ("cancel", EngineKind.OLLAMA, Ill.DEAF, "worked|was free only"),
    ("over-long context", V, Ill.CUTS_PROMPTS, "cut unseen"),
    ("over-long context", V, Ill.CRASHES_ON_LONG, "500"),
    ("bad input", V, Ill.TAKES_ANYTHING, r"temperature of text \(200\)"),
    ("bad input", V, Ill.CRASHES_ON_BAD_INPUT, r"not JSON \(500\)"),
    ("UTF-8", V, Ill.BROKEN_CHARACTERS, "U\\+FFFD"),
    ("salt", V, Ill.SALT_IGNORED, "another salt took"),
    ("salt", S, Ill.SALT_IGNORED, "another salt took"),
    ("salt", L, Ill.SALT_IGNORED, "cache_prompt is false"),
    ("priority", V, Ill.PRIORITY_IGNORED, "never went first"),
    ("auth", V, Ill.KEY_IGNORED, "reached without the key"),
]


@pytest.mark.parametrize(("name", "kind", "ill", "why"), WRONG)
async def test_a_fault_is_seen_by_the_check_that_is_about_it(
    name: str, kind: EngineKind, ill: Ill, why: str
) -> None:
    patience = CURT if ill is Ill.DEAF else None
    found = await outcome(name, kind, ill, **({"patience": patience} if patience else {}))
    assert found.verdict is Verdict.FAIL, found
    assert re.search(why, found.detail), found


def test_every_ill_and_every_check_has_its_case() -> None:
    assert {ill for _, _, ill, _ in WRONG} == set(Ill)
    assert {name for name, *_ in WRONG} == set(CHECKS)


async def test_without_a_gauge_cancelling_is_seen_by_one_who_waited() -> None:
    freed = await outcome("cancel", V, metrics=False)
    assert (freed.verdict, "free" in freed.detail) == (Verdict.PASS, True)
    deaf = await outcome("cancel", V, Ill.DEAF, metrics=False, patience=CURT)
    assert deaf.verdict is Verdict.FAIL


async def test_with_room_for_more_and_no_gauge_cancelling_cannot_be_told() -> None:
    async with fake_engine(EngineKind.OLLAMA, at_once=3) as fake:
        found = await findings(fake, at_once=None)
        assert found["cancel"].verdict is Verdict.COULD_NOT_TELL
        assert "--at-once" in found["cancel"].detail
        assert (await findings(fake, at_once=3))["cancel"].verdict is Verdict.PASS


async def test_with_room_for_more_priorities_cannot_be_told() -> None:
    async with fake_engine(V, at_once=4) as fake:
        found = await findings(fake, at_once=1)
    assert found["priority"].verdict is Verdict.COULD_NOT_TELL


async def test_a_salt_cannot_be_told_where_no_cached_tokens_are() -> None:
    found = await outcome("salt", V, metrics=False)
    assert found.verdict is Verdict.COULD_NOT_TELL
    assert "--enable-prompt-tokens-details" in found.detail


async def test_a_prompt_that_is_taken_says_nothing_while_the_context_is_unknown() -> None:
    found = await outcome("over-long context", V, Ill.CUTS_PROMPTS, context=None)
    assert found.verdict is Verdict.COULD_NOT_TELL


@pytest.mark.parametrize(
    ("told", "why"),
    [({"key": "wrong"}, "does not take the key"), ({"model": "other"}, "does not list other")],
)
async def test_without_a_model_to_ask_the_checks_end(told: dict[str, str], why: str) -> None:
    async with fake_engine(V) as fake:
        found = await findings(fake, **({"key": KEY} | told))
    assert list(found) == ["models"]
    assert found["models"].verdict is Verdict.FAIL
    assert why in found["models"].detail


async def test_details_never_hold_what_the_engine_said() -> None:
    async with fake_engine(V, Ill.SCHEMA_IGNORED, Ill.TOOLS_IN_WORDS, Ill.STOP_IGNORED) as fake:
        found = await findings(fake, context=CONTEXT)
    said = " ".join(finding.detail for finding in found.values())
    assert "Yangtze" not in said
    assert KEY not in said
