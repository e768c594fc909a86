"""Two versions compared: what was added, removed, changed and moved, and the words that differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.comparing import Change, Paragraph, compared, counts, marks
from lionrock.documents.comparisons import paragraphs


def of(*texts: str) -> list[Paragraph]:
    return [
        Paragraph(number=t.partition(" ")[0] if t[:1].isdigit() else "", heading="", text=t, page=1)
        for t in texts
    ]


def test_each_kind_of_change_is_found() -> None:
    older = of(
        "1 The fee is HK$115.", "2 Keep it five years.", "3 This goes away.", "Moved as it is."
    )
    newer = of(
        "Moved as it is.", "1 The fee is HK$150.", "2 Keep it five years.", "9 Quite new words."
    )
    found = compared(older, newer)
    assert counts(found) == {"same": 2, "changed": 1, "added": 1, "removed": 1, "moved": 1}
    [changed] = [p for p in found if p.change is Change.CHANGED]
    assert [s.text for s in changed.before if s.marked] == ["115"]
    assert [s.text for s in changed.after if s.marked] == ["150"]
    assert [p.older.text for p in found if p.moved and p.older] == ["Moved as it is."]


def test_chinese_is_marked_by_the_character() -> None:
    before, after = marks("客戶須保存紀錄五年。", "客戶須保存紀錄七年。")
    assert [s.text for s in before if s.marked] == ["五"]
    assert [s.text for s in after if s.marked] == ["七"]


def test_a_paragraph_renumbered_is_found_by_what_it_says() -> None:
    [same] = compared(
        of("3 An institution should keep records of each transaction for five years."),
        of("4 An institution should keep records of each transaction for five years."),
    )
    assert same.change is Change.CHANGED and not same.moved
    assert [s.text for s in same.after if s.marked] == ["4"]


def test_what_was_removed_stands_where_it_was() -> None:
    found = compared(of("a b c", "d e f", "g h i"), of("a b c", "g h i"))
    assert [p.change.value for p in found] == ["same", "removed", "same"]


_TEXTS = st.lists(
    st.text("ab c甲乙。1", min_size=1, max_size=12).filter(lambda t: t.strip()), max_size=12
)


@given(_TEXTS, _TEXTS)
def test_every_paragraph_of_both_is_there_once_and_its_marks_make_it_up(
    older: list[str], newer: list[str]
) -> None:
    found = compared(of(*older), of(*newer))
    assert [p.newer.text for p in found if p.newer] == newer
    assert sorted(p.older.text for p in found if p.older) == sorted(older)
    for p in found:
        assert "".join(s.text for s in p.before) == (p.older.text if p.older else "")
        assert "".join(s.text for s in p.after) == (p.newer.text if p.newer else "")


@given(_TEXTS)
def test_a_document_compared_with_itself_has_no_change(texts: list[str]) -> None:
    found = counts(compared(of(*texts), of(*texts)))
    assert found["same"] == len(texts) and found["moved"] == 0


def test_a_paragraph_that_runs_over_a_page_end_is_one() -> None:
    from uuid import uuid4

    from lionrock.documents.schemas import Passage

    text = "4.1 Records are\nkept for years.\n(a) on paper;"
    passage = Passage(
        id=uuid4(), version_id=uuid4(), document_id=uuid4(), document="x", ordinal=0,
        kind="paragraph", number="4.1", heading="Rules", language="en", text=text,
        slices=[(1, 0, 15), (2, 0, 15), (2, 16, 29)],
    )  # fmt: skip
    assert [(p.number, p.text, p.page) for p in paragraphs([passage])] == [
        ("", "Rules", 1),
        ("4.1", "4.1 Records are kept for years.", 1),
        ("(a)", "(a) on paper;", 2),
    ]


def test_words_that_repeat_without_end_are_marked_whole() -> None:
    """difflib alone takes minutes for these."""
    before, after = "始" + "條款" * 1000 + "終", "始" + "款條條" * 1000 + "終"
    a, b = marks(before, after)
    assert ["".join(s.text for s in side) for side in (a, b)] == [before, after]
    assert [s.text for s in a if not s.marked] == [s.text for s in b if not s.marked]
    assert a[0].text == "始" and a[-1].text == "終"
