"""Server-sent events however they are cut, and what a completion's events come to."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import EngineRefused, EngineUnavailable
from lionrock.models import event_stream
from lionrock.models.event_stream import EventParser, StreamedAnswer
from tests.models.fake_openai import event, piece, stream

line = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))
datum = st.lists(line, min_size=1).map("\n".join).filter(bool)


def parsed(chunks: list[bytes]) -> list[str]:
    parser = EventParser()
    return [data for chunk in chunks for data in parser.feed(chunk)]


def cut(content: bytes, places: list[int]) -> list[bytes]:
    ends = [0, *sorted(place % (len(content) + 1) for place in places), len(content)]
    return [content[start:end] for start, end in itertools.pairwise(ends)]


@given(st.lists(datum), st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 10**6)))
def test_events_come_out_whole_however_the_stream_is_cut(
    data: list[str], end: str, places: list[int]
) -> None:
    sent = ""
    for text in data:
        lines = [f"data: {part}" for part in text.split("\n")]
        sent += end.join([": still here", "event: message", *lines, "", ""])
    assert parsed(cut(sent.encode(), places)) == data


@given(st.binary(), st.lists(st.integers(0, 10**6)))
def test_any_bytes_give_the_same_events_cut_or_whole(content: bytes, places: list[int]) -> None:
    assert parsed(cut(content, places)) == parsed([content])


def test_a_space_after_the_colon_is_optional_and_a_second_one_is_kept() -> None:
    assert parsed([b"data:a\n\ndata: b\n\ndata:  c\n\n"]) == ["a", "b", " c"]


def test_comments_other_fields_empty_data_and_an_unfinished_event_give_nothing() -> None:
    assert parsed([b": ping\n\n:\n\nid: 4\nretry: 10\n\ndata\n\ndata:\n\ndata: half"]) == []


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parsed([b"\xef\xbb\xbfdata: a\n\n"]) == ["a"]


def test_an_event_without_end_is_an_error_before_it_fills_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_stream, "MAX_EVENT_BYTES", 1000)
    answer = StreamedAnswer("The engine", "")
    with pytest.raises(EngineUnavailable):
        for _ in range(100):
            list(answer.feed(b"x" * 50))


def test_an_answer_is_its_pieces_its_ending_and_its_counts() -> None:
    answer = StreamedAnswer("The engine", "")
    sent = stream("五", "年", usage=(31, 2), reason="length")
    assert list(answer.feed(sent)) == ["五", "年"]
    assert answer.done
    assert (answer.reason, answer.prompt_tokens, answer.output_tokens) == ("length", 31, 2)


def test_pieces_are_counted_where_the_engine_gives_no_usage() -> None:
    answer = StreamedAnswer("The engine", "")
    list(answer.feed(stream("a", "b", "c")))
    assert (answer.prompt_tokens, answer.output_tokens) == (None, 3)


def test_an_ending_without_done_is_an_ending() -> None:
    answer = StreamedAnswer("The engine", "")
    list(answer.feed(piece("a") + piece(None, "stop")))
    assert answer.reason == "stop"


def test_an_answer_without_an_ending_is_not_complete() -> None:
    answer = StreamedAnswer("The engine", "")
    assert list(answer.feed(piece("a"))) == ["a"]
    with pytest.raises(EngineUnavailable, match="before it was complete"):
        _ = answer.reason


def test_reasoning_beside_the_answer_is_left_out() -> None:
    thought = {"choices": [{"delta": {"reasoning_content": "Hm"}, "finish_reason": None}]}
    answer = StreamedAnswer("The engine", "")
    assert list(answer.feed(event(thought) + stream("Yes"))) == ["Yes"]


@pytest.mark.parametrize("data", ["{", "[]", '"text"', '{"choices": [{"delta": 3}]}', "null"])
def test_what_is_not_a_completion_is_refused_without_repeating_it(data: str) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        list(StreamedAnswer("The engine", "").feed(f"data: {data}\n\n".encode()))
    assert caught.value.detail == "The engine sent something other than a chat completion."


@pytest.mark.parametrize(
    "payload",
    [
        {"error": {"code": 400, "message": "grammar not understood", "type": "invalid"}},
        {"object": "error", "code": 400, "message": "grammar not understood"},
    ],
)
def test_an_error_inside_the_stream_is_raised_after_the_pieces_before_it(payload: object) -> None:
    feed = StreamedAnswer("The engine", "").feed(piece("a") + event(payload))
    assert next(feed) == "a"
    with pytest.raises(EngineRefused, match="grammar not understood"):
        next(feed)
