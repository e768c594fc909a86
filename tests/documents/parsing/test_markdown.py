"""Markdown: headings, nested lists, tables, and HTML that stays text."""

from __future__ import annotations

from pathlib import Path

from lionrock.documents.parsing.markdown import parse_markdown

SOURCE = """---
title: "Complaint handling"
---
# Complaints 投訴

We answer *within* **five** working days; see `form` and [the guide](http://example.org).
第一行
第二行

## 1.2 Steps

- first
- second
  1. inner one

     more of it
  2. inner two

| Item | Fee |
|---|---|
| Transfer | HK$50 |
| Cheque | |

```
line one
line two
```

<script>alert(1)</script>
"""


def test_each_element_becomes_its_block(tmp_path: Path) -> None:
    path = tmp_path / "made.md"
    path.write_text(SOURCE, encoding="utf-8")
    flow = parse_markdown(path)
    assert flow.title == "Complaint handling"
    assert [(b.kind, b.level, b.number, b.text) for b in flow.blocks] == [
        ("heading", 1, "", "Complaints 投訴"),
        (
            "paragraph",
            0,
            "",
            "We answer within five working days; see form and the guide. 第一行第二行",
        ),
        ("heading", 2, "1.2", "1.2 Steps"),
        ("item", 1, "", "• first"),
        ("item", 1, "", "• second"),
        ("item", 2, "1", "1. inner one"),
        ("paragraph", 0, "", "more of it"),
        ("item", 2, "2", "2. inner two"),
        ("row", 0, "", "Item  Fee"),
        ("row", 0, "", "Transfer  HK$50"),
        ("row", 0, "", "Cheque"),
        ("paragraph", 0, "", "line one"),
        ("paragraph", 0, "", "line two"),
        ("paragraph", 0, "", "<script>alert(1)</script>"),
    ]


def test_a_row_keeps_its_empty_cells_for_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "made.md"
    path.write_text("| a | b |\n|---|---|\n| | x |\n")
    assert parse_markdown(path).blocks[-1].cells == ("", "x")


def test_a_text_whose_printed_lines_are_paragraphs_is_put_together(tmp_path: Path) -> None:
    lines = [
        "1.1 A licensed firm must keep the records of each", "customer for five years after the relationship has",
        "ended, in a form that the regulator can read without", "help.", "(a) They are kept apart; and",
    ]  # fmt: skip
    source = tmp_path / "broken.md"
    source.write_text("\n\n".join(["# Records", *lines, "> s.20, AMLO", *lines * 8]))
    blocks = parse_markdown(source).blocks
    assert [b.kind for b in blocks[:5]] == [
        "heading",
        "paragraph",
        "item",
        "paragraph",
        "paragraph",
    ]
    assert blocks[1].text.startswith("1.1 A licensed") and blocks[1].text.endswith("without help.")
    assert blocks[3].text == "s.20, AMLO", "a note between them stays on its own"
