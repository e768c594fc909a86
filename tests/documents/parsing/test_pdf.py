"""PDFs made by typst: what is a block, what is left out, and where the words stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.documents.parsing.pdf import parse_pdf
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.making import (
    block,
    changed,
    covers,
    parsed,
    parsed_source,
    pdf,
    red_box,
    texts,
    word_box,
)

LOREM = "The bank must keep every record of its customers for the time that the law sets. "
HAN = "本行須在收到投訴後五個工作天內以書面方式回覆客戶，並且說明理由及跟進安排。"


def test_headings_numbered_paragraphs_and_items_are_told_apart(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path,
        f"""
#text(18pt, weight: "bold")[Record keeping] \\
#v(1em) *1. Purpose*

1.1 {LOREM * 3}

1.2 {LOREM}

#grid(columns: (2em, 1fr), row-gutter: 0.8em, [(a)], [{LOREM * 2}], [(b)], [end.])

• a bullet

{HAN * 3}

第三條 定義

{HAN}
""",
    )
    assert [(b.kind, b.level, b.number) for b in document.blocks] == [
        ("heading", 1, ""),
        ("heading", 1, "1"),
        ("paragraph", 0, "1.1"),
        ("paragraph", 0, "1.2"),
        ("item", 0, "(a)"),
        ("item", 0, "(b)"),
        ("item", 0, ""),
        ("paragraph", 0, ""),
        ("heading", 3, "第三條"),
        ("paragraph", 0, ""),
    ]
    assert texts(document)[2] == f"1.1 {LOREM * 3}".strip()
    assert texts(document)[7] == HAN * 3
    assert document.title == "Record keeping"


def test_a_paragraph_over_a_page_end_is_one_block_with_two_slices(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path,
        f"#set page(height: 12cm, footer: [#h(1fr)#context counter(page).display()])\n{LOREM * 30}",
    )
    (paragraph,) = document.blocks
    assert [part.page for part in paragraph.slices] == [1, 2]
    assert document.text_of(paragraph) == (LOREM * 30).strip()


def test_a_numbered_paragraph_at_the_head_of_a_page_is_a_block_of_its_own(tmp_path: Path) -> None:
    document = parsed_source(tmp_path, f"1.1 {LOREM} and\n#pagebreak()\n1.2 {LOREM}")
    assert [b.number for b in document.blocks] == ["1.1", "1.2"]


def test_running_heads_and_page_numbers_are_left_out_but_for_the_first_head(
    tmp_path: Path,
) -> None:
    document = parsed_source(
        tmp_path,
        "#set page(header: [Manual of the bank #h(1fr) V.6 of 24.01.2025],"
        " footer: align(center)[Page #context counter(page).display() of 4])\n"
        + "#pagebreak()\n".join(f"Text of page {name}. {LOREM}" for name in "ABCD"),
    )
    assert "V.6 of 24.01.2025" in document.pages[0].text
    assert "Manual" not in "".join(page.text for page in document.pages[1:])
    assert "of 4" not in "".join(page.text for page in document.pages)
    assert document.pages[2].text == f"Text of page C. {LOREM}".strip()


def test_a_heading_that_counts_is_not_a_running_head(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path,
        "#pagebreak()\n".join(f"Annex {n}\n\n{LOREM}" + "#pagebreak() more" for n in (1, 2, 3)),
    )
    assert [b.number for b in document.blocks if b.number] == ["Annex 1", "Annex 2", "Annex 3"]


def test_table_rows_are_rows_with_cells_two_spaces_apart(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path,
        f"""{LOREM}
#table(columns: (5cm, 5cm, 4cm), [Rating], [Review], [Fee], [High 高], [each year], [HK\\$50],
  [Any party to which a bank has an exposure], [each second year, or sooner], [none])
{LOREM}""",
    )
    assert texts(document, "row") == [
        "Rating  Review  Fee",
        "High 高  each year  HK$50",
        "Any party to which a bank has an exposure  each second year, or sooner  none",
    ]
    assert texts(document, "paragraph") == [LOREM.strip(), LOREM.strip()]


def test_justified_text_is_not_taken_for_a_table(tmp_path: Path) -> None:
    words = "internationalisation counterparties reputation responsibilities " * 6
    document = parsed_source(
        tmp_path,
        f"#set page(width: 11cm)\n#set par(justify: true)\n#set text(hyphenate: false)\n{words}",
    )
    assert texts(document) == [words.strip()]
    assert [b.kind for b in document.blocks] == ["paragraph"]


def test_contents_are_marked_with_or_without_leaders(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path,
        '#set heading(numbering: "1.1")\n#outline()\n#pagebreak()\n'
        + "".join(f"= Part {n}\n{LOREM}\n" for n in ("one", "two", "three", "four")),
    )
    assert len(texts(document, "toc")) == 4
    headings = ["Contents", "1 Part one", "2 Part two", "3 Part three", "4 Part four"]
    assert texts(document, "heading") == headings
    bare = parsed_source(
        tmp_path,
        "\\\n".join(f"{n}. Part {n}" for n in range(1, 6))
        + "".join(f"\n#v(2em)\n*{n}. Part {n}*\n\n{LOREM}\n" for n in range(1, 6)),
    )
    assert len(texts(bare, "toc")) == 5
    assert [b.number for b in bare.blocks if b.kind == "heading"] == ["1", "2", "3", "4", "5"]


def test_footnotes_are_blocks_and_their_marks_are_raised(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path,
        "#set super(typographic: false)\n"
        f"The limit is 10#footnote[See the Ordinance on limits.] dollars. {LOREM * 3}",
    )
    assert texts(document)[0].startswith("The limit is 10¹ dollars.")
    note = block(document, "¹See the Ordinance")
    assert (note.kind, note.number) == ("footnote", "1")


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = LOREM * 12, "Second column. " * 40
    document = parsed_source(tmp_path, f"#columns(2)[#par[{left}]#colbreak()#par[{right}]]")
    assert texts(document) == [left.strip(), right.strip()]


def test_a_word_broken_at_a_line_end_keeps_its_hyphen_and_is_joined(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path, "#set page(width: 7cm)\n" + "a risk-based approach to it " * 6
    )
    assert texts(document) == [("a risk-based approach to it " * 6).strip()]


def test_ligatures_soft_hyphens_and_odd_spaces_read_as_letters(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path, "The office of the ﬁrst off\u00adicer, §\u00a07(3), 嘅喺咗啲哋嚟冇唔㗎揾."
    )
    assert texts(document) == ["The office of the first officer, § 7(3), 嘅喺咗啲哋嚟冇唔㗎揾."]


def test_text_printed_twice_to_look_bold_is_read_once(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path, "#place(top + left, dx: 0.3pt)[Total assets]\n#place(top + left)[Total assets]"
    )
    assert texts(document) == ["Total assets"]


def test_letterspaced_titles_are_closed_up(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path, "#text(tracking: 4pt)[年度報告]\n\n#text(tracking: 4pt)[ANNUAL REPORT]"
    )
    assert texts(document) == ["年度報告", "ANNUAL REPORT"]


def test_watermarks_and_text_off_the_page_are_left_out(tmp_path: Path) -> None:
    document = parsed_source(
        tmp_path,
        f"#place(center + horizon, rotate(-45deg)[DRAFT COPY])\n"
        f"#place(top + left, dx: -20cm)[outside]\n{LOREM}",
    )
    assert texts(document) == [LOREM.strip()]


RED_WORD = f"{LOREM}{LOREM}\n\nSome words before #text(fill: red)[Counterparty] and after. {LOREM}"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_stand_where_the_picture_shows_the_word(tmp_path: Path, turn: int) -> None:
    # Turned text on a turned page: it is shown upright, as a landscape table is.
    shown = f"#rotate({-turn}deg, reflow: true)[#block(width: 11cm)[{RED_WORD}]]"
    source = f"#set page(width: 15cm, height: 15cm, margin: 2cm)\n{shown}"
    path = changed(pdf(tmp_path, source), turn)
    document = parsed(path)
    assert "Some words before Counterparty and after." in document.pages[0].text
    assert covers(word_box(document.pages[0], "Counterparty"), red_box(path))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_sideways_text_is_read_and_its_boxes_fit(tmp_path: Path, turn: int) -> None:
    path = changed(pdf(tmp_path, RED_WORD), turn)
    document = parsed(path)
    assert texts(document)[1] == f"Some words before Counterparty and after. {LOREM}".strip()
    assert covers(word_box(document.pages[0], "Counterparty"), red_box(path))


def test_boxes_follow_the_crop(tmp_path: Path) -> None:
    path = changed(pdf(tmp_path, RED_WORD), crop=(40, 300, 560, 800))
    document = parsed(path)
    assert (document.pages[0].width, document.pages[0].height) == (520, 500)
    assert covers(word_box(document.pages[0], "Counterparty"), red_box(path))


def test_chinese_words_have_boxes_that_fit(tmp_path: Path) -> None:
    path = pdf(tmp_path, f"{HAN}#text(fill: red)[盡職審查]{HAN}")
    document = parsed(path)
    assert covers(word_box(document.pages[0], "盡職審查"), red_box(path))


def test_a_pdf_without_any_text_is_refused_as_a_scan(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="scan without a text layer, and OCR is off"):
        parsed(pdf(tmp_path, "#rect(width: 5cm, height: 3cm, fill: gray)"))


def test_a_page_without_text_among_others_is_an_empty_page(tmp_path: Path) -> None:
    document = parsed_source(tmp_path, "#rect(width: 5cm)\n#pagebreak()\nSome text.")
    assert [page.text for page in document.pages] == ["", "Some text."]


def test_a_password_protected_pdf_is_refused(tmp_path: Path) -> None:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
        b"3 0 obj<</Filter/Standard/V 1/R 2/Length 40/P -4/O<"
        + b"28" * 32
        + b">/U<"
        + b"00" * 32
        + b">>>endobj\n"
    )
    places = [body.index(b"%d 0 obj" % n) for n in (1, 2, 3)]
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    trailer = (
        b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF"
        % len(body)
    )
    path = tmp_path / "locked.pdf"
    path.write_bytes(body + table + trailer)
    with pytest.raises(UnreadableDocument, match="password-protected; remove the password"):
        parse_pdf(path, "locked", lambda _done, _total: None)


@pytest.mark.parametrize("kept", [10, 400, 0.5, 0.95])
def test_a_torn_pdf_is_refused_as_damaged_or_read(tmp_path: Path, kept: float) -> None:
    path = pdf(tmp_path, LOREM)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept if kept > 1 else kept * len(data))])
    try:
        assert LOREM.strip() in parsed(path).pages[0].text
    except UnreadableDocument as refusal:
        assert "damaged" in refusal.detail or "scan" in refusal.detail


def test_progress_is_told_after_each_page(tmp_path: Path) -> None:
    path = pdf(tmp_path, "a\n#pagebreak()\nb\n#pagebreak()\nc")
    told: list[tuple[int, int]] = []
    parse_pdf(path, "x", lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


WORDS = st.sampled_from(
    [
        "the",
        "bank",
        "risk-based",
        "4.1.6",
        "(a)",
        "客戶",
        "盡職審查",
        "10%",
        "第3條",
        "A.",
        "•",
        "HK$50",
        "。",
    ]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(WORDS, min_size=1, max_size=60),
            st.sampled_from([8, 10, 11, 14, 20]),
            st.booleans(),
            st.sampled_from(["", "#pagebreak()\n", "#v(2cm)\n", "#colbreak(weak: true)\n"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 2),
)
def test_whatever_is_on_the_pages_the_promises_hold(
    tmp_path_factory: pytest.TempPathFactory,
    paragraphs: list[tuple[list[str], int, bool, str]],
    columns: int,
) -> None:
    source = f"#set page(columns: {columns}, height: 14cm)\n"
    for place, (words, size, bold, after) in enumerate(paragraphs):
        words.append(4 * "ABCDEFGH"[place])  # else what two pages begin with is a running head
        weight = "bold" if bold else "regular"
        quoted = " ".join(words).replace('"', '\\"')
        source += f'#par(text({size}pt, weight: "{weight}", "{quoted}"))\n{after}'
    document = parsed(pdf(tmp_path_factory.mktemp("made"), source))
    shown = "".join("".join(page.text.split()) for page in document.pages)
    written = "".join("".join(words) for words, _, _, _ in paragraphs)
    assert sorted(shown) == sorted(written), "no character is lost, none is doubled"
