"""Masks: what is sent holds none of the values, and what comes back holds them all again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import PersonalDataRefused
from lionrock.gateway.guards.finding import every, find
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.masks import MASK, Masks, Text
from lionrock.gateway.guards.policy import Action, Policy
from tests.gateway.guards.texts import ANY, DENSE

EVERYTHING = Policy()
SPLITS = st.lists(st.integers(1, 9), max_size=60)


def masked(text: str, masks: Masks) -> str:
    return masks.mask([Text("input", text)])[0]


def pieces(text: str, sizes: list[int]) -> list[str]:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return [*parts, text[at:]]


@given(ANY)
def test_restoring_undoes_masking(text: str) -> None:
    masks = Masks(EVERYTHING)
    assert masks.restore(masked(text, masks)) == text


@given(st.lists(DENSE, max_size=6))
def test_restoring_undoes_masking_of_every_text_of_a_request(texts: list[str]) -> None:
    masks = Masks(EVERYTHING)
    sent = masks.mask([Text(f"messages[{i}]", text) for i, text in enumerate(texts)])
    assert [masks.restore(text) for text in sent] == texts


@given(DENSE, SPLITS)
def test_a_streamed_answer_is_restored_as_a_whole_one(text: str, sizes: list[int]) -> None:
    masks = Masks(EVERYTHING)
    answer = masked(text, masks) + "[HKID-7][HKID"
    stream = masks.stream()
    streamed = "".join(stream.feed(piece) for piece in pieces(answer, sizes)) + stream.close()
    assert streamed == masks.restore(answer)


@given(DENSE)
def test_what_was_found_is_masked_and_all_else_is_sent_as_it_is(text: str) -> None:
    spans = [m.span() for m in MASK.finditer(text)] + [(f.start, f.end) for f in find(text)]
    hidden = {at for start, end in spans for at in range(start, end)}
    sent = masked(text, Masks(EVERYTHING))
    assert MASK.sub("", sent) == "".join(c for at, c in enumerate(text) if at not in hidden)


@given(DENSE)
def test_every_mask_that_is_sent_is_the_gateways_own(text: str) -> None:
    masks = Masks(EVERYTHING)
    sent = masked(text, masks)
    assert all(masks.restore(mask[0]) != mask[0] or mask[0] in text for mask in MASK.finditer(sent))


@given(DENSE)
def test_no_value_needs_escaping_within_json(text: str) -> None:
    for found in every(text):
        value = text[found.start : found.end]
        assert json.dumps(value, ensure_ascii=False) == f'"{value}"'


def test_one_value_has_one_mask_in_all_of_a_request() -> None:
    masks = Masks(EVERYTHING)
    first = masks.mask([Text("a", "HKID A123456(3)"), Text("b", "A123456(3), G123456(A)")])
    assert first == ["HKID [HKID-1]", "[HKID-1], [HKID-2]"]
    assert masked("again G123456(A)", masks) == "again [HKID-2]"


def test_a_mask_that_a_client_wrote_is_not_taken_for_the_gateways() -> None:
    masks = Masks(EVERYTHING)
    sent = masked("[HKID-1] is A123456(3)", masks)
    assert sent == "[TEXT-1] is [HKID-1]"
    assert masks.restore("[HKID-1] and [TEXT-1]") == "A123456(3) and [HKID-1]"


@pytest.mark.parametrize(
    "altered",
    [
        "[HKID 1]",
        "[hkid-1]",
        "[HKID-1",
        "HKID-1",
        "[HKID-01]",
        "[HKID-2]",
        "[PHONE-1]",
        "[HKID-11]",
        "【HKID-1】",
    ],
)
def test_a_mask_that_the_model_altered_stays_as_it_came(altered: str) -> None:
    masks = Masks(EVERYTHING)
    masked("A123456(3)", masks)
    stream = masks.stream()
    assert masks.restore(f"x {altered} y") == f"x {altered} y"
    assert stream.feed(f"x {altered}") + stream.feed(" y") + stream.close() == f"x {altered} y"


def test_a_mask_split_over_chunks_is_restored_and_nothing_else_is_held_back() -> None:
    masks = Masks(EVERYTHING)
    masked("A123456(3)", masks)
    stream = masks.stream()
    fed = [
        stream.feed(piece) for piece in ("Your ", "card [", "HKID", "-1", "] is", " a [note", "]")
    ]
    assert fed == ["Your ", "card ", "", "", "A123456(3) is", " a [note", "]"]
    assert stream.close() == ""


def test_an_answer_that_ends_within_a_mask_keeps_its_end() -> None:
    masks = Masks(EVERYTHING)
    masked("A123456(3)", masks)
    stream = masks.stream()
    assert stream.feed("see [HKID-") == "see "
    assert stream.close() == "[HKID-"


def test_without_masks_a_stream_holds_nothing_back() -> None:
    stream = Masks(EVERYTHING).stream()
    assert stream.feed("[HKID") == "[HKID"


def test_a_restored_value_is_not_restored_again() -> None:
    masks = Masks(EVERYTHING)
    sent = masked("[TEXT-1] [TEXT-2]", masks)
    assert sent == "[TEXT-1] [TEXT-2]"
    sent = masked("[TEXT-2] [TEXT-1]", masks)
    assert masks.restore(sent) == "[TEXT-2] [TEXT-1]"


def test_a_kind_that_is_off_is_sent_though_it_stands_within_another() -> None:
    masks = Masks(Policy({Kind.EMAIL: Action.OFF}))
    assert masked("chan@example.com, A123456(3)", masks) == "chan@example.com, [HKID-1]"


def test_with_everything_off_nothing_is_changed() -> None:
    masks = Masks(Policy(dict.fromkeys(Kind, Action.OFF)))
    assert masked("A123456(3) [HKID-1]", masks) == "A123456(3) [HKID-1]" and not masks


def test_a_refusal_names_kind_and_place_and_never_the_value() -> None:
    masks = Masks(Policy({Kind.HKID: Action.REFUSE}))
    with pytest.raises(PersonalDataRefused) as refused:
        masks.mask(
            [Text("messages[0].content", "hello"), Text("messages[1].content", "no A123456(3)")]
        )
    assert "messages[1].content, characters 3 to 13" in refused.value.detail
    assert "(hkid)" in refused.value.detail and "123456" not in refused.value.detail
    assert not masks


def test_a_refusal_holds_though_the_number_stands_within_something_masked() -> None:
    masks = Masks(Policy({Kind.PHONE: Action.REFUSE}))
    with pytest.raises(PersonalDataRefused):
        masked("+852 91234567@example.com", masks)


def test_many_refusals_are_told_in_a_few_words() -> None:
    masks = Masks(Policy({Kind.HKID: Action.REFUSE}))
    with pytest.raises(PersonalDataRefused, match="and 95 more"):
        masked("A123456(3) " * 100, masks)


def test_what_is_counted_and_shown_holds_no_content() -> None:
    masks = Masks(EVERYTHING)
    masked("A123456(3), chan@example.com", masks)
    assert masks.counts() == {"HKID": 1, "EMAIL": 1}
    assert "123456" not in repr(masks) and "123456" not in repr(masks.stream())
