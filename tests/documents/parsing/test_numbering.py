"""Labels: what is one, what only looks like one."""

from __future__ import annotations

import pytest

from lionrock.documents.parsing.numbering import cell_label, footnote_mark, label_of


@pytest.mark.parametrize(
    ("text", "kind", "number", "depth"),
    [
        ("4.1.6 Text", "decimal", "4.1.6", 3),
        ("3. Introduction", "decimal", "3", 1),
        ("B2.5 Strategic risk", "decimal", "B2.5", 2),
        ("12A.3 Text", "decimal", "12A.3", 2),
        ("1.DivX", "decimal", "1", 1),
        ("4.1.6客戶", "decimal", "4.1.6", 3),
        ("第3條 定義", "article", "第3條", 3),
        ("第 三 條", "article", "第三條", 3),
        ("第五章 總則", "article", "第五章", 1),
        ("第十二條之一 附則", "article", "第十二條之一", 3),
        ("附件一：表格", "article", "附件一", 1),
        ("Annex A: Glossary", "part", "Annex A", 1),
        ("Part IV", "part", "Part IV", 1),
        ("三、員工", "cjk", "三", 1),
        ("①第一", "cjk", "①", 1),
        ("（一）客戶", "paren", "（一）", 2),
        ("(a) text", "paren", "(a)", 2),
        ("iv) text", "paren", "iv)", 2),
        ("• text", "bullet", "", 2),
        ("- text", "bullet", "", 2),
    ],
)
def test_a_label_is_read_with_its_kind_and_depth(
    text: str, kind: str, number: str, depth: int
) -> None:
    label = label_of(text)
    assert label is not None
    assert (label.kind, label.number, label.depth) == (kind, number, depth)


@pytest.mark.parametrize(
    "text",
    [
        "2.5% of",
        "20.01.2025",
        "10 years",
        "-5",
        "Part of",
        "1.5.2), the AI",
        "附表二所列",
        "1997. A",
    ],
)
def test_what_only_looks_like_a_label_is_none(text: str) -> None:
    assert label_of(text) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("(a) x", "(b) x"),
        ("(i) x", "(ii) x"),
        ("(h) x", "(i) x"),
        ("一、x", "二、x"),
        ("1. x", "2. x"),
    ],
)
def test_the_next_label_of_a_list_is_known(first: str, second: str) -> None:
    one, two = label_of(first), label_of(second)
    assert one is not None and two is not None
    assert two.follows(one)
    assert not one.follows(two)


def test_a_letter_with_a_figure_is_a_label_only_in_a_cell_of_its_own() -> None:
    assert label_of("P2 capital") is None
    label = cell_label("E1")
    assert label is not None and label.number == "E1"


@pytest.mark.parametrize(
    ("text", "mark"), [("³⁵ See", "35"), ("* Note", "*"), ("7 See", "7"), ("See", "")]
)
def test_a_footnote_is_known_by_its_mark(text: str, mark: str) -> None:
    assert footnote_mark(text)[0] == mark
