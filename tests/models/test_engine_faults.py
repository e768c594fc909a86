"""Engines' error shapes, collected from their sources and from what they sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lionrock.errors import EngineRefused, EngineUnavailable
from lionrock.models.engine_faults import refusal

LLAMA_TOO_LONG = {
    "error": {
        "code": 400,
        "message": "request (6030 tokens) exceeds the available context size (4096 tokens), "
        "try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 6030,
        "n_ctx": 4096,
    }
}


def told(status: int, payload: Any, said: str = "") -> str:
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    error = refusal("The engine", status, content, said)
    assert isinstance(error, EngineRefused | EngineUnavailable)
    return f"{type(error).__name__}: {error.detail}"


def test_a_prompt_too_long_for_llama_cpp_is_refused_with_both_numbers() -> None:
    assert told(400, LLAMA_TOO_LONG) == (
        "EngineRefused: The prompt has 6030 tokens, the context holds 4096. "
        "Ask for less, or use an engine with a longer context."
    )


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        (
            "This model's maximum context length is 4096 tokens. However, you requested 5000 "
            "tokens (4900 in the messages, 100 in the completion).",
            "take 5000 tokens, the context holds 4096",
        ),
        (
            "The decoder prompt (length 5951) is longer than the maximum model length of 4096.",
            "take 5951 tokens, the context holds 4096",
        ),
        (
            "The input (5951 tokens) is longer than the model's context length (4096 tokens).",
            "take 5951 tokens, the context holds 4096",
        ),
    ],
)
def test_a_prompt_too_long_for_others_is_refused_with_both_numbers(
    message: str, numbers: str
) -> None:
    assert numbers in told(400, {"error": {"message": message, "code": None}})


@pytest.mark.parametrize(
    "payload",
    [
        {"error": {"message": "no such grammar", "code": 400}},
        {"error": "no such grammar"},
        {"object": "error", "message": "no such grammar", "code": 400},
        {"error": {"message": "no such grammar", "code": "invalid_value"}},
    ],
)
def test_every_shape_gives_up_the_engines_words(payload: Any) -> None:
    assert told(400, payload) == (
        "EngineRefused: The engine refused the request (status 400): no such grammar."
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Bad gateway</html>", b"[]", b"3", b'{"error": {"message": {}}}', b"[" * 10**5],
)
def test_a_body_that_says_nothing_still_gives_an_error_with_the_status(content: bytes) -> None:
    assert told(502, content) == ("EngineUnavailable: The engine cannot answer now (status 502).")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_unavailable(status: int) -> None:
    assert told(status, {}).startswith("EngineUnavailable")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (200, "did not stream"),
        (307, "points to another address"),
        (401, "does not take the key"),
        (403, "does not take the key"),
        (404, "has no such model or address"),
        (422, "refused the request"),
        (501, "refused the request"),
    ],
)
def test_what_will_not_pass_is_refused_with_its_reason(status: int, words: str) -> None:
    assert told(status, {}).startswith(f"EngineRefused: The engine {words}")


def test_an_answer_that_broke_its_form_says_nothing_against_the_engine() -> None:
    message = "The model produced output that does not match the expected peg-native format."
    assert told(500, {"error": {"message": message, "code": 500}}) == (
        "FormBroken: The engine began an answer that does not keep to its form."
    )


def test_a_status_inside_the_error_goes_before_that_of_the_response() -> None:
    assert told(500, {"error": {"message": "bad schema", "code": 400}}).startswith("EngineRefused")


@pytest.mark.parametrize(
    "message",
    [
        "cannot parse: last read: '客戶陳大文嘅身份證號碼係'",
        "value error, input_value='A123456(3)'",
        "cannot parse \\u5ba2\\u6236\\u9673\\u5927\\u6587",
    ],
)
def test_no_error_repeats_what_was_asked(message: str) -> None:
    said = "客戶陳大文嘅身份證號碼係 A123456(3)，佢話未收到月結單。"
    assert told(400, {"error": {"message": message}}, said) == (
        "EngineRefused: The engine refused the request (status 400)."
    )


def test_an_engines_words_are_cut_to_one_short_line() -> None:
    detail = told(400, {"error": {"message": "long\nand " * 200}})
    assert "\n" not in detail
    assert len(detail) < 300
