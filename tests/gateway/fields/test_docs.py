"""docs/gateway-fields.md and the code say the same of every field, and the code does what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lionrock.errors import InvalidInput
from lionrock.gateway.fields.kinds import Caps, Endpoint, EngineKind, param
from lionrock.gateway.fields.policy import Treatment
from lionrock.gateway.fields.tables import POLICIES
from tests.gateway.fields.making import WEATHER, from_body

DOC = (Path(__file__).parents[3] / "docs" / "gateway-fields.md").read_text("utf-8")
COLUMNS = ["llamacpp", "vllm", "sglang", "mindie", "ollama", "openai"]
MESSAGES = [{"role": "user", "content": "a"}]
SCHEMA = {"type": "object"}
SAMPLES: dict[str, Any] = {
    "model": "m",
    "messages": MESSAGES,
    "prompt": "a",
    "input": "a",
    "suffix": "z",
    "temperature": 0.5,
    "top_p": 0.5,
    "seed": 1,
    "stop": ["x"],
    "presence_penalty": 0.5,
    "frequency_penalty": 0.5,
    "logit_bias": {"5": 1},
    "top_k": 5,
    "min_p": 0.1,
    "repetition_penalty": 1.1,
    "repeat_penalty": 1.1,
    "stop_token_ids": [5],
    "bad_words": ["x"],
    "max_tokens": 5,
    "max_completion_tokens": 5,
    "max_output_tokens": 5,
    "n": 2,
    "stream": True,
    "stream_options": {"include_usage": True},
    "guided_regex": "a+",
    "regex": "a+",
    "ebnf": 'root ::= "a"',
    "structured_outputs": {"regex": "a+"},
    "response_format": {"type": "json_object"},
    "guided_json": SCHEMA,
    "guided_choice": ["a"],
    "guided_grammar": 'root ::= "a"',
    "json_schema": SCHEMA,
    "grammar": 'root ::= "a"',
    "logprobs": True,
    "top_logprobs": 2,
    "tools": [WEATHER],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "reasoning_effort": "low",
    "chat_template_kwargs": {"enable_thinking": False},
    "include_reasoning": False,
    "separate_reasoning": True,
    "thinking_token_budget": 100,
    "verbosity": "low",
    "store": False,
    "modalities": ["text"],
    "service_tier": "auto",
    "background": False,
    "truncation": "disabled",
    "include": [],
    "dimensions": 8,
    "encoding_format": "float",
    "instructions": "b",
    "text": {"format": {"type": "text"}},
    "reasoning": {"effort": "low"},
}
OWN_WAY = {
    (Endpoint.COMPLETIONS, "logprobs"): 3,
    (Endpoint.RESPONSES, "tools"): [{"type": "function", "name": "f", "parameters": SCHEMA}],
}
NEEDS = {
    "stream_options": {"stream": True},
    "top_logprobs": {"logprobs": True},
    "tool_choice": {"tools": [WEATHER]},
    "parallel_tool_calls": {"tools": [WEATHER]},
}
NOT_ALIKE = {("tool_choice", kind) for kind in (EngineKind.OLLAMA, EngineKind.MINDIE)} | {
    ("tools", kind) for kind in EngineKind
}
"""Passed, but not byte for byte: auto is what holds anyhow; schemas are bounded."""


def rows(endpoint: Endpoint) -> dict[str, tuple[list[str], str]]:
    """Each field of an endpoint's tables: its treatments in the order of the columns, and why."""
    section = DOC.split(f"### `/v1/{endpoint}`\n")[1].split("\n### ")[0]
    found: dict[str, tuple[list[str], str]] = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        names = re.findall(r"`([^`]+)`", cells[0]) if line.startswith("| `") else []
        for name in names:
            assert name not in found, name
            cells[-1] = cells[-1].removesuffix("|").strip()
            found[name] = (cells[1:7] if len(cells) == 8 else ["refused"] * 6, cells[-1])
    return found


@pytest.mark.parametrize("endpoint", Endpoint)
def test_the_table_names_every_field_and_no_other(endpoint: Endpoint) -> None:
    assert set(rows(endpoint)) == set(POLICIES[endpoint].fields)


@pytest.mark.parametrize("endpoint", Endpoint)
def test_the_table_says_what_the_policy_does_and_why(endpoint: Endpoint) -> None:
    for name, (treatments, why) in rows(endpoint).items():
        field = POLICIES[endpoint].fields[name]
        assert treatments == [field.treatments[EngineKind(c)].value for c in COLUMNS], name
        assert field.treatments[EngineKind.VLLM_ASCEND] == field.treatments[EngineKind.VLLM], name
        assert why == field.why, name


@pytest.mark.parametrize("endpoint", Endpoint)
@pytest.mark.parametrize("kind", EngineKind)
def test_each_field_is_treated_as_the_table_says(endpoint: Endpoint, kind: EngineKind) -> None:
    for name, field in POLICIES[endpoint].fields.items():
        treatment = field.treatments[kind]
        if treatment in (Treatment.REFUSED, Treatment.SET):
            refused(endpoint, kind, name)
        else:
            taken(endpoint, kind, name, treatment)


def refused(endpoint: Endpoint, kind: EngineKind, name: str) -> None:
    raw = json.dumps({"model": "m", **asked_of(endpoint), name: SAMPLES.get(name, 1)}).encode()
    with pytest.raises(InvalidInput) as refusal:
        from_body(raw, endpoint, kind)
    assert param(refusal.value) == name
    assert "Remove it." in refusal.value.detail


def taken(endpoint: Endpoint, kind: EngineKind, name: str, treatment: Treatment) -> None:
    value = OWN_WAY.get((endpoint, name), SAMPLES.get(name))
    assert value is not None, f"no sample of {name}"
    value = 1 if (name, treatment) == ("n", Treatment.MET) else value
    asked = {"model": "m", **asked_of(endpoint), **needs(endpoint, name), name: value}
    sent = json.loads(from_body(json.dumps(asked).encode(), endpoint, kind).body)
    if treatment is Treatment.MET:
        assert name not in sent
    elif treatment is Treatment.PASSED and (name, kind) not in NOT_ALIKE:
        assert sent[name] == value


def asked_of(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint is Endpoint.CHAT:
        return {"messages": MESSAGES}
    return {"prompt": "a"} if endpoint is Endpoint.COMPLETIONS else {"input": "a"}


def needs(endpoint: Endpoint, name: str) -> dict[str, Any]:
    if endpoint is Endpoint.RESPONSES and name in ("tool_choice", "parallel_tool_calls"):
        return {"tools": OWN_WAY[Endpoint.RESPONSES, "tools"]}
    return NEEDS.get(name, {})


@pytest.mark.parametrize("name", ["cache_salt", "priority", "request_id", "rid", "cache_prompt"])
@pytest.mark.parametrize("kind", EngineKind)
def test_what_the_table_calls_set_is_sent_and_what_it_calls_refused_is_not(
    kind: EngineKind, name: str
) -> None:
    raw = json.dumps({"model": "m", "messages": MESSAGES}).encode()
    sent = json.loads(from_body(raw, Endpoint.CHAT, kind).body)
    is_set = POLICIES[Endpoint.CHAT].fields[name].treatments[kind] is Treatment.SET
    assert (name in sent) == is_set


def test_the_caps_told_are_the_caps_by_default() -> None:
    caps = Caps()
    for words in (
        f"| {caps.output:,}; also what is sent",
        f"| choices (`n`) | {caps.choices} |",
        f"| messages | {caps.messages:,} |",
        f"| {caps.prompts}; {caps.inputs:,} |",
        f"| tools | {caps.tools} |",
        f"| {caps.images}; {caps.image_bytes // 2**20} MiB |",
        f"| {caps.schema_nodes:,}; 32 |",
        f"nesting deeper than {caps.depth}, a body beyond {caps.body_bytes // 2**20} MiB",
        f"`maxItems` gets {caps.schema_items}",
        f"`maxLength` gets {caps.schema_string:,}",
    ):
        assert words in DOC, words
