from __future__ import annotations

import json
from typing import Any

import pytest

from lionrock.errors import EngineRefused
from lionrock.gateway.fields.answers import Answer, cleaned
from lionrock.gateway.fields.cleaning import Usage
from lionrock.gateway.fields.kinds import Endpoint
from tests.gateway.fields.making import USAGE, reply

LLAMACPP = {
    "choices": [
        {
            "finish_reason": "stop",
            "index": 0,
            "message": {"role": "assistant", "content": "好", "reasoning_content": "想"},
            "logprobs": {
                "content": [
                    {
                        "id": 5,
                        "token": "好",
                        "logprob": -0.1,
                        "bytes": [1],
                        "top_logprobs": [{"id": 5, "token": "好", "logprob": -0.1, "bytes": [1]}],
                    }
                ]
            },
        }
    ],
    "created": 1,
    "model": "/models/qwen",
    "system_fingerprint": "b1-abc",
    "object": "chat.completion",
    "usage": USAGE,
    "id": "chatcmpl-engine",
    "timings": {"cache_n": 5, "prompt_ms": 3.0},
}


def done(told: Any, **fields: Any) -> tuple[dict[str, Any], Answer]:
    answer = cleaned(json.dumps(told).encode(), reply(stream=False, **fields))
    return json.loads(answer.body), answer


def test_a_chat_answer_keeps_what_clients_know_and_nothing_of_the_engine() -> None:
    body, answer = done(LLAMACPP)
    assert body == {
        "id": "chatcmpl-r-1",
        "object": "chat.completion",
        "created": 1,
        "model": "qwen",
        "choices": [
            {
                "finish_reason": "stop",
                "index": 0,
                "message": {"role": "assistant", "content": "好", "reasoning_content": "想"},
                "logprobs": {
                    "content": [
                        {
                            "token": "好",
                            "logprob": -0.1,
                            "bytes": [1],
                            "top_logprobs": [{"token": "好", "logprob": -0.1, "bytes": [1]}],
                        }
                    ]
                },
            }
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }
    assert (answer.usage, answer.finish) == (Usage(7, 3), "stop")


def test_completions_keep_their_log_probabilities_by_token() -> None:
    logprobs = {"tokens": ["a"], "token_logprobs": [-1.0], "top_logprobs": [{"a": -1.0, "id": -2}]}
    choice = {"index": 0, "text": "a", "logprobs": logprobs, "token_ids": [1]}
    body, _ = done({"choices": [choice]}, endpoint=Endpoint.COMPLETIONS)
    assert body["choices"] == [{"index": 0, "text": "a", "logprobs": logprobs}]


def test_embeddings_keep_vectors_and_the_count_of_the_prompt() -> None:
    data = [{"object": "embedding", "index": 0, "embedding": [0.5], "truncated": False}]
    told = {
        "id": "embd-x",
        "object": "list",
        "data": data,
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }
    body, answer = done(told, endpoint=Endpoint.EMBEDDINGS)
    assert body == {
        "object": "list",
        "model": "qwen",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }
    assert answer.usage == Usage(4, 0)


@pytest.mark.parametrize("usage", [None, [], {"prompt_tokens": "7"}, {"prompt_tokens": -1}])
def test_usage_that_is_no_count_is_no_usage(usage: Any) -> None:
    assert done({**LLAMACPP, "usage": usage})[1].usage is None


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b"{}", b'{"error":{"message":"x"}}'])
def test_what_is_no_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(EngineRefused):
        cleaned(raw, reply(stream=False))


def test_a_rewriter_restores_every_text() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":"[1]"}'}}
    message = {"role": "assistant", "content": "[1]", "tool_calls": [call]}
    raw = json.dumps({"choices": [{"index": 0, "message": message}]}).encode()
    answer = cleaned(raw, reply(stream=False), lambda _, text, last: text.replace("[1]", "陳大文"))
    assert answer.body.decode().count("陳大文") == 2
