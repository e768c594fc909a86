"""A template filled: values in their places, blanks seen and listed, optional lines left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.drafting.filling import about, filled
from lionrock.assist.drafting.kept import built_in
from lionrock.assist.drafting.lines import DraftLine, Said, State
from lionrock.assist.drafting.template import read
from tests.assist.drafting.samples import NOTE

TEMPLATE = read(NOTE.encode())


def lines(blocks: list[list[DraftLine]]) -> list[str]:
    return ["".join(s.text for s in line.said()) for block in blocks for line in block]


def test_what_was_not_given_is_a_blank_and_listed() -> None:
    blocks, missing = filled(TEMPLATE, {"our_ref": "ABC 1"}, {})
    assert lines(blocks) == ["Our ref.: ABC 1", "[Date]", "The matter", "[Rule]"]
    assert missing == ["Date", "Rule"]
    states = [s.state for block in blocks for line in block for s in line.said()]
    assert states == [State.FIXED, State.GIVEN, State.OPEN, State.FIXED, State.OPEN]


def test_chinese_blanks_have_chinese_brackets() -> None:
    kept = next(k for k in built_in() if k.name == "reply-to-citizen-zh")
    blocks, missing = filled(kept.template, {}, {})
    assert "【檔號】" in "".join(lines(blocks))
    assert "來函檔號" not in "".join(lines(blocks))
    assert "檔號" in missing and "來函檔號" not in missing


def test_an_optional_line_stands_where_its_field_was_given() -> None:
    blocks, _ = filled(TEMPLATE, {"copy_to": "Registry"}, {"Rule": [Said(text="Seven years.")]})
    assert lines(blocks)[-2:] == ["Seven years.", "c.c. Registry"]


def test_a_heading_goes_with_all_that_stood_under_it() -> None:
    memo = next(k for k in built_in() if k.name == "memo-en").template
    assert "Recommendation" not in lines(filled(memo, {}, {})[0])
    said = lines(filled(memo, {"recommendation": "Approve it."}, {})[0])
    assert said[said.index("Recommendation") + 1] == "Approve it."


def test_a_section_is_about_what_its_fields_say() -> None:
    kept = next(k for k in built_in() if k.name == "reply-to-citizen-en")
    [section] = kept.template.body.sections()
    assert about(kept.template, section, {"enquiry": "Is there a fee?"}) == "Is there a fee?"
    assert about(kept.template, section, {}) == "What they ask"


@given(st.sampled_from(built_in()), st.data())
def test_every_field_is_given_or_open_or_left_out(kept: object, draw: st.DataObject) -> None:
    template = kept.template  # type: ignore[attr-defined]
    names = draw.draw(st.sets(st.sampled_from(sorted(template.fields))))
    blocks, missing = filled(template, {name: f"<{name}>" for name in names}, {})
    text = "".join(lines(blocks))
    printed = {
        n for line in template.body.lines() if line.shape != "section" for n in line.fields()
    }
    for name, field in template.fields.items():
        assert (f"<{name}>" in text) == (name in names & printed)
        assert (field.label in missing) == (field.required and name not in names)
    assert "{{" not in text
