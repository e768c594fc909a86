from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import EngineRefused
from lionrock.gateway.fields.cleaning import Usage
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.fields.prepared import Reply
from lionrock.gateway.fields.tail import Tail
from tests.gateway.fields.making import USAGE, chunk, event, reply, told

TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(['"usage":', "客戶盡職審查", "\\", '"', "data: {", "\n\n", "[DONE]", "😀"]),
    max_size=8,
)
BREAKS = st.sampled_from([b"\n\n", b"\r\n\r\n", b"\n\n\n", b"\n\n: ping\n\n"])


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, str]:
    """An engine's stream, and the text it says."""
    texts, spaced, ascii_only = draw(TEXTS), draw(st.booleans()), draw(st.booleans())
    timed = draw(st.booleans())
    events = [chunk(text) for text in texts]
    events += [chunk(finish="stop"), chunk(usage=USAGE, choices=[])]
    if timed:
        events = [each | {"system_fingerprint": "b1", "timings": {"cache_n": 5}} for each in events]
    raw = b""
    for each in events:
        raw += event(each, spaced=spaced, ascii_only=ascii_only)[:-2] + draw(BREAKS)
    return raw + b"data: [DONE]\n\n", "".join(texts)


@st.composite
def split(draw: st.DrawFn, raw: bytes) -> list[bytes]:
    cuts = sorted(draw(st.lists(st.integers(0, len(raw)), max_size=20)))
    edges = [0, *cuts, len(raw)]
    return [raw[a:b] for a, b in pairwise(edges)]


def run(pieces: list[bytes], to: Reply, **kwargs: Any) -> tuple[list[bytes], Tail]:
    tail = Tail(to, **kwargs)
    return [*(tail.feed(piece) for piece in pieces), tail.close()], tail


def said(out: bytes) -> str:
    deltas = [c["delta"] for e in told(out) for c in e["choices"]]
    return "".join(d.get("content") or "" for d in deltas)


@given(streams(), st.booleans(), st.data())
def test_any_split_gives_the_same_bytes_and_the_same_usage(
    made: tuple[bytes, str], wanted: bool, data: st.DataObject
) -> None:
    raw, text = made
    to = reply(include_usage=wanted)
    whole, one = run([raw], to)
    pieces, many = run(data.draw(split(raw)), to)
    assert b"".join(pieces) == b"".join(whole)
    assert said(b"".join(whole)) == text
    for tail in (one, many):
        assert (tail.usage, tail.finish, tail.done) == (Usage(7, 3), "stop", True)
    for piece in pieces:
        piece.decode()  # no output ends within a character


@given(streams())
def test_a_byte_at_a_time_is_a_split_too(made: tuple[bytes, str]) -> None:
    raw, _ = made
    single, _ = run([raw[i : i + 1] for i in range(len(raw))], reply())
    whole, _ = run([raw], reply())
    assert b"".join(single) == b"".join(whole)


@given(streams(), st.data())
def test_a_responses_stream_is_the_same_for_any_split(
    made: tuple[bytes, str], data: st.DataObject
) -> None:
    raw, text = made
    to = reply(endpoint=Endpoint.RESPONSES, echo={})
    whole, _ = run([raw], to)
    pieces, _ = run(data.draw(split(raw)), to)
    assert b"".join(pieces) == b"".join(whole)
    deltas = [e["delta"] for e in told(b"".join(whole)) if e["type"].endswith("text.delta")]
    assert "".join(deltas) == text


@given(streams(), st.booleans())
def test_nothing_of_the_engine_is_told(made: tuple[bytes, str], wanted: bool) -> None:
    out, _ = run([made[0]], reply(include_usage=wanted))
    for each in told(b"".join(out)):
        assert each["id"] == "chatcmpl-r-1"
        assert each["model"] == "qwen"
        assert each.keys() <= {"id", "object", "created", "model", "choices", "usage"}
        assert all(
            c.keys() <= {"index", "delta", "logprobs", "finish_reason"} for c in each["choices"]
        )
    assert b"cached" not in b"".join(out)


@given(streams(), st.data())
def test_a_stream_cut_off_anywhere_ends_with_a_whole_event(
    made: tuple[bytes, str], data: st.DataObject
) -> None:
    raw = made[0]
    out, _ = run([raw[: data.draw(st.integers(0, len(raw)))]], reply())
    sent = b"".join(out)
    sent.decode()
    told(sent)
    assert not sent or sent.endswith(b"\n\n")


def test_usage_is_withheld_from_a_client_that_did_not_ask() -> None:
    raw = event(chunk("a")) + event(chunk(usage=USAGE, choices=[])) + b"data: [DONE]\n\n"
    silent, tail = run([raw], reply())
    assert [e for e in told(b"".join(silent)) if "usage" in e] == []
    assert tail.usage == Usage(7, 3)
    asked, _ = run([raw], reply(include_usage=True))
    last = told(b"".join(asked))[-1]
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}


def test_usage_in_the_last_chunk_with_a_choice_is_found_too() -> None:
    _, tail = run([event(chunk(finish="length", usage=USAGE))], reply())
    assert (tail.usage, tail.finish, tail.done) == (Usage(7, 3), "length", False)


def test_later_events_of_the_same_form_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    tail = Tail(reply())
    tail.feed(event(chunk("first")))

    def never(raw: object) -> object:
        raise AssertionError("parsed")

    monkeypatch.setattr("lionrock.gateway.fields.tail.parse", never)
    out = tail.feed(event(chunk('客 "戶" \\')))
    assert said(out) == '客 "戶" \\'
    assert tail.pieces == 2
    with pytest.raises(AssertionError, match="parsed"):
        tail.feed(event(chunk("x", usage=USAGE)))


def test_pieces_count_what_was_made_when_no_usage_comes() -> None:
    role = chunk()
    role["choices"][0]["delta"] = {"role": "assistant", "content": None}
    events = [role, *(chunk(str(i)) for i in range(9)), chunk(""), chunk(finish="stop")]
    _, tail = run([event(each) for each in events], reply())
    assert (tail.pieces, tail.usage) == (9, None)


def test_text_that_looks_like_the_mark_is_text() -> None:
    mark = "\ue000text\ue000"
    out, _ = run([event(chunk(mark)) + event(chunk("b")) + event(chunk(mark))], reply())
    assert said(b"".join(out)) == mark + "b" + mark


def test_an_error_in_the_stream_is_told_without_the_engines_own_fields() -> None:
    raw = b'data: {"error":{"message":"too long","n_prompt_tokens":9,"code":400}}\n\n'
    out, tail = run([raw], reply())
    assert tail.error == "too long"
    error = told(b"".join(out))[0]["error"]
    assert error == {"message": "too long", "code": 400, "type": "engine_error", "param": None}


@pytest.mark.parametrize("raw", [b"data: not json\n\n", b"data: [1]\n\n", b"x" * (2**20 + 1)])
def test_what_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(EngineRefused):
        Tail(reply()).feed(raw)


def test_completions_stream_too() -> None:
    first = {"id": "cmpl-x", "object": "text_completion", "created": 1, "model": "m"}
    raw = b"".join(
        event({**first, "choices": [{"index": 0, "text": t, "finish_reason": None}]})
        for t in "甲乙"
    )
    out, tail = run([raw], reply(endpoint=Endpoint.COMPLETIONS))
    assert [e["choices"][0]["text"] for e in told(b"".join(out))] == ["甲", "乙"]
    assert told(b"".join(out))[1]["id"] == "cmpl-r-1"
    assert tail.pieces == 2


@given(TEXTS, st.integers(1, 5))
def test_a_rewriter_sees_every_text_and_what_it_holds_back_is_said(
    texts: list[str], hold: int
) -> None:
    kept: dict[str, str] = {}

    def late(stream: str, piece: str, last: bool) -> str:
        whole = kept.get(stream, "") + piece
        cut = len(whole) if last else max(0, len(whole) - hold)
        kept[stream] = whole[cut:]
        return whole[:cut].upper()

    raw = b"".join(event(chunk(t)) for t in texts) + event(chunk(finish="stop"))
    out, _ = run([raw], reply(), rewrite=late)
    assert said(b"".join(out)) == "".join(texts).upper()
    assert not any(kept.values())


def test_an_extra_blank_line_changes_nothing_however_it_is_split() -> None:
    first, second, third = (event(chunk(text), ascii_only=True) for text in "甲乙丙")
    whole, _ = run([first + b"\n" + second + third], reply())
    apart, _ = run([first + b"\n", second, third], reply())
    assert b"".join(whole) == b"".join(apart)
