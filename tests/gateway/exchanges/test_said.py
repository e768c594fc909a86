"""What an answer says is read out of its bytes, however it is shaped, and no more than fits is held."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lionrock.gateway.exchanges import said as words
from lionrock.gateway.exchanges.said import Said
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.fields.response_events import ResponseEvents
from tests.gateway.fields.making import reply


def stream(*told: Any) -> bytes:
    return (
        b"".join(b"data: " + json.dumps(t).encode() + b"\n\n" for t in told) + b"data: [DONE]\n\n"
    )


def delta(finish: str | None = None, *, index: int = 0, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": more, "finish_reason": finish}]}


def heard(*data: bytes, endpoint: Endpoint = Endpoint.CHAT, streamed: bool = True) -> Said:
    found = Said(endpoint, streamed=streamed)
    for each in data:
        found.feed(each)
    return found


@given(some.lists(some.text(), max_size=20))
def test_the_pieces_of_a_stream_are_one_text(pieces: list[str]) -> None:
    found = heard(*(stream(delta(content=p)) for p in pieces), stream(delta("stop")))
    (choice,) = found.told()["choices"]
    text = "".join(pieces).encode(errors="replace").decode()
    assert choice.get("content", "") == text and choice["finish"] == "stop"
    assert found.bytes == len(text.encode()) and not found.cut


def test_choices_and_what_is_no_content_are_kept_apart() -> None:
    found = heard(
        stream(delta(reasoning_content="hm", role="assistant"), delta(index=1, content="b")),
        stream(delta("stop", content="a"), delta("length", index=1, refusal="no")),
    )
    assert found.told() == {
        "choices": [
            {"index": 0, "content": "a", "reasoning": "hm", "finish": "stop"},
            {"index": 1, "content": "b", "refusal": "no", "finish": "length"},
        ]
    }


def test_calls_of_tools_are_put_together() -> None:
    begun = {"index": 1, "function": {"name": "weather", "arguments": ""}}
    more = [{"index": 1, "function": {"arguments": a}} for a in ('{"degrees"', ": 7}")]
    told = [delta(tool_calls=[c]) for c in (begun, *more)]
    assert heard(stream(*told, delta("tool_calls"))).told()["choices"] == [
        {
            "index": 0,
            "tool_calls": [{"name": "weather", "arguments": '{"degrees": 7}'}],
            "finish": "tool_calls",
        }
    ]


def test_an_error_at_the_end_is_kept_beside_what_came() -> None:
    found = heard(stream(delta(content="half")), b'data: {"error": {"message": "broke off"}}\n\n')
    assert found.told() == {
        "choices": [{"index": 0, "content": "half"}],
        "error": "broke off",
    }


@pytest.mark.parametrize(
    ("endpoint", "choice"),
    [
        (Endpoint.CHAT, {"message": {"role": "assistant", "content": "yes"}}),
        (Endpoint.COMPLETIONS, {"text": "yes"}),
    ],
)
def test_a_whole_answer_says_the_same(endpoint: Endpoint, choice: dict[str, Any]) -> None:
    data = json.dumps({"choices": [{"index": 0, "finish_reason": "stop"} | choice]}).encode()
    found = heard(data, endpoint=endpoint, streamed=False)
    assert found.told()["choices"] == [{"index": 0, "content": "yes", "finish": "stop"}]


def test_a_streamed_response_is_heard_once_though_it_is_told_twice() -> None:
    events = ResponseEvents(reply(endpoint=Endpoint.RESPONSES))
    tool = {"index": 0, "id": "c", "function": {"name": "weather", "arguments": "{}"}}
    out = [events.chunk(delta(content=piece)) for piece in ("yes, ", "sir")]
    out += [events.chunk(delta(tool_calls=[tool])), events.end(None, "stop")]
    assert heard(*out, endpoint=Endpoint.RESPONSES).told()["choices"] == [
        {
            "index": 0,
            "content": "yes, sir",
            "tool_calls": [{"name": "weather", "arguments": "{}"}],
            "finish": "completed",
        }
    ]


def test_numbers_of_an_embedding_are_no_words() -> None:
    data = json.dumps({"object": "list", "data": [{"embedding": [0.5]}]}).encode()
    found = heard(data, endpoint=Endpoint.EMBEDDINGS, streamed=False)
    assert (found.told(), found.bytes) == ({"choices": []}, 0)


@pytest.mark.parametrize(
    "odd",
    [
        b"data: nothing\n\n", b"data: 5\n\n", b": waiting\n\n", b'data: {"choices": 3}\n\n',
        b'data: {"choices": [4, {"delta": "x", "index": "y"}]}\n\n',
        b'data: {"choices": [{"delta": {"content": 7, "tool_calls": [1, {"function": 2}]}}]}\n\n',
        b'data: {"error": "plain"}\n\n',
    ],
)  # fmt: skip
@pytest.mark.parametrize("endpoint", Endpoint)
def test_what_has_no_known_shape_is_passed_over(odd: bytes, endpoint: Endpoint) -> None:
    assert heard(odd, endpoint=endpoint).bytes == 0


def test_beyond_the_most_the_beginning_is_kept_and_the_rest_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "MOST_BYTES", words._PART_BYTES + 10)
    found = heard(*(stream(delta(content="四字成語")) for _ in range(3)), stream(delta("stop")))
    (choice,) = found.told()["choices"]
    assert choice == {"index": 0, "content": "四字成", "finish": "stop"}, (
        "ten bytes, not half a character"
    )
    assert (found.bytes, found.cut) == (36, True)
    assert found.held <= words.MOST_BYTES


def test_without_room_nothing_more_is_held() -> None:
    left = [500]

    def room(count: int) -> bool:
        left[0] -= count
        return left[0] >= 0

    found = Said(Endpoint.CHAT, streamed=True, room=room)
    for _ in range(100):
        found.feed(stream(delta(content="x" * 100)))
    assert found.cut and found.held <= 500 and found.bytes == 10_000
